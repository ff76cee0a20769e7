"""Chooses how a chat model writes the minutes: by what a model of its size can do."""

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.progress import Progress, part_of
from app.summarization import line_by_line, map_reduce, self_check
from app.summarization.chat import Chat
from app.summarization.words import script_language

# Measured on Qwen2.5: with 1.5 billion parameters lines are judged well one by one, and badly all at once;
# with .5 billion neither.
LEAST_WHOLE = 3_000_000_000
LEAST_LINES = 1_400_000_000
_CHECKED = 0.2  # share of the progress


def write_minutes(
    chat: Chat, transcript: Transcript, progress: Progress, verdicts: dict[str, bool] | None = None
) -> Minutes:
    """Write minutes by whole parts of the meeting, line by line, or titles of topics only.

    Args:
        verdicts: by language, whether a small model has passed its check; filled here. None: the model was
            chosen by a person, and is not checked.
    """
    if chat.n_parameters is None or chat.n_parameters >= LEAST_WHOLE:
        return map_reduce.write_minutes(chat, transcript, progress)
    judge = chat.n_parameters >= LEAST_LINES
    if judge and verdicts is not None:
        language = script_language((segment.text for segment in transcript.segments), transcript.language)
        if language not in verdicts:
            verdicts[language] = self_check.passes(chat, language, part_of(progress, 0.0, _CHECKED))
            progress = part_of(progress, _CHECKED, 1.0)
        judge = verdicts[language]
    return line_by_line.write_minutes(chat, transcript, progress, judge=judge)
