"""When work on files may take the device while people speak into live streams: Device asks before a turn."""

import math

# A stream asks for its next turn when it has the last one's answer: for so long the device is kept free for
# it, or a file's window, which takes seconds, would come between any two utterances.
GRACE_S = 0.1
# Of the device's time, for files beside live speech: an utterance that ends meanwhile waits for the rest of a
# file's turn, so that few of them may.
SHARE = 0.15
LATELY_S = 5.0  # since the last live work, in which the next is to be expected
LONGEST_S = 30.0  # that a file waits for its turn, however long its last one was


class Pacing:
    """Holds work on files back while live speech is being heard.

    All times are seconds of one clock that never goes back.
    """

    def __init__(self) -> None:
        self._live_at = -math.inf
        self._pause_s = LATELY_S  # of files, by their share, after their last turn
        self._files_at = -math.inf  # when it is over

    def asked(self, *, live: bool, now: float) -> None:
        """Note that a turn was asked for."""
        if live:
            self._live_at = now

    def ended(self, *, live: bool, began: float, now: float) -> None:
        """Note that a turn was taken."""
        if live:
            self._live_at = now
        else:
            self._pause_s = (now - began) / SHARE
            self._files_at = began + self._pause_s

    def wait_s(self, asked_at: float, now: float) -> float:
        """Return how long a file's turn that was asked for at `asked_at` has to wait yet.

        Where streams leave no gap at all, it goes between two utterances after a second such pause.
        """
        if now - self._live_at >= LATELY_S:
            return 0.0
        latest = max(self._files_at, asked_at) + self._pause_s
        due = max(self._files_at, min(self._live_at + GRACE_S, latest))
        return max(0.0, min(due, asked_at + LONGEST_S) - now)
