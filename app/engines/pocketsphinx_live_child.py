"""PocketSphinx for live streams: loaded once, forked for each, so that all share one copy of the model.

Run as a script. stdin: a Unix socket, over which comes one connected socket per stream. On each of them, for
every piece of sound: a header of new (1 byte: an utterance begins with it), last (1 byte: one ends with it)
and size (4), in the machine's order, then 16-bit samples at 16 kHz. The answer is a line of JSON, the
utterance so far: [[word, start, end, probability], …]. A fork ends with its stream, the first process with
its stdin.
"""

import json
import os
import signal
import socket
import struct
from typing import Any

FRAMES_PER_S = 100
# As in pocketsphinx_child.py, but for the means of the cepstra, which follow the stream.
OPTIONS = {"lw": 5.5, "maxhmmpf": 3000, "maxwpf": 20, "loglevel": "FATAL"}
HEADER = struct.Struct("=BBI")


def main() -> None:
    from pocketsphinx import Decoder

    decoder = Decoder(**OPTIONS)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks that ended need no farewell
    with socket.socket(fileno=0) as control:
        while sockets := socket.recv_fds(control, 1, 1)[1]:
            if os.fork() == 0:
                control.close()
                serve(decoder, sockets[0])
                os._exit(0)
            os.close(sockets[0])


def serve(decoder: Any, stream: int) -> None:
    """Hear one stream until it is closed."""
    with os.fdopen(stream, "rb", closefd=False) as read, os.fdopen(stream, "wb") as write:
        while len(header := read.read(HEADER.size)) == HEADER.size:
            new, last, size = HEADER.unpack(header)
            if new:
                decoder.start_utt()
            if size:
                decoder.process_raw(read.read(size))
            if last:
                decoder.end_utt()
            words = [
                (word.word, word.start_frame / FRAMES_PER_S, (word.end_frame + 1) / FRAMES_PER_S, word.prob)
                for word in decoder.seg() or ()
                if word.word[0] not in "<[+"
            ]
            write.write(json.dumps(words).encode() + b"\n")
            write.flush()


if __name__ == "__main__":
    main()
