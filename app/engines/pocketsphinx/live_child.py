"""PocketSphinx for live streams: loaded once, forked for each, so that all share one copy of the model.

Run as a script. stdin: a Unix socket, over which comes one connected socket per stream. On each of them, for
every piece of sound: a header of new (1 byte: an utterance begins with it), last (1 byte: one ends with it
or, 2, was given up) and size (4), in the machine's order, then 16-bit samples at 16 kHz. The answer is a line
of JSON, the utterance so far: [[word, start, end, probability], …]. A fork ends with its stream, the first
process with its stdin.
"""

import json
import os
import signal
import socket
import struct
from typing import Any

FRAMES_PER_S = 100
# As in child.py, but for the means of the cepstra, which follow the stream.
OPTIONS = {"lw": 5.5, "maxhmmpf": 3000, "maxwpf": 20, "loglevel": "FATAL"}
HEADER = struct.Struct("=BBI")
GIVEN_UP = 2
# A stream's first utterance waits for so much of itself, to be heard with its own means from the start: word
# error rates of utterances that begin a stream (LJ Speech, one of 1961), .56 without, .28 so, .18 with the
# means of all of it. Later ones begin with the means that the stream had until then.
MEANS_BYTES = 48_000  # 1.5 s


def main() -> None:
    from pocketsphinx import Decoder

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all in a terminal; who started this ends it
    decoder = Decoder(**OPTIONS)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that ended leave no zombies
    with socket.socket(fileno=0) as control:
        while sockets := socket.recv_fds(control, 1, 1)[1]:
            if os.fork() == 0:
                control.close()
                serve(decoder, sockets[0])
                os._exit(0)
            os.close(sockets[0])


def serve(decoder: Any, stream: int) -> None:
    """Hear one stream until it is closed."""
    waiting: bytes | None = b""  # of the first utterance, until its means are known
    with os.fdopen(stream, "rb", closefd=False) as read, os.fdopen(stream, "wb") as write:
        while len(header := read.read(HEADER.size)) == HEADER.size:
            new, last, size = HEADER.unpack(header)
            pcm = read.read(size)
            if waiting is not None:
                waiting = b"" if last == GIVEN_UP else pcm if new else waiting + pcm
                if waiting and (last or len(waiting) >= MEANS_BYTES):
                    learn_means(decoder, waiting)
                    new, pcm, waiting = True, waiting, None
            words = [] if waiting is not None else hear(decoder, pcm, new=new, last=last)
            write.write(json.dumps(words).encode() + b"\n")
            write.flush()


def learn_means(decoder: Any, pcm: bytes) -> None:
    """Let the decoder begin with the means of the cepstra of this sound."""
    decoder.start_utt()
    decoder.process_raw(pcm, no_search=True, full_utt=True)
    decoder.end_utt()
    decoder.set_cmn(decoder.get_cmn(True))


def hear(decoder: Any, pcm: bytes, *, new: int, last: int) -> list[tuple[str, float, float, float]]:
    """Return the words of the utterance so far."""
    if new:
        decoder.start_utt()
    if pcm:
        decoder.process_raw(pcm)
    if last:
        decoder.end_utt()
    return [
        (word.word, word.start_frame / FRAMES_PER_S, (word.end_frame + 1) / FRAMES_PER_S, word.prob)
        for word in decoder.seg() or ()
        if word.word[0] not in "<[+"
    ]


if __name__ == "__main__":
    main()
