"""PocketSphinx in a process of its own: it keeps Python's lock while it computes, and pages would wait.

Run as a script. stdin: for every utterance, its bytes (little-endian, 4) and 16-bit samples at 16 kHz.
stdout: for every utterance, one line of JSON: [[word, start, end, probability, fit], …], times in s.
It ends when stdin does, so that it cannot outlive the program.
"""

import json
import math
import signal
import sys

FRAMES_PER_S = 100
# Word error rates on LJ Speech and VoiceBank: .43 as it comes, .29 with the means of the cepstra taken from
# the whole utterance (`full_utt`), .27 with less weight on the language model (6.5 as it comes). The limits
# on states and words change about nothing and halve the time.
OPTIONS = {"lw": 5.5, "maxhmmpf": 3000, "maxwpf": 20, "loglevel": "FATAL"}


def main() -> None:
    from pocketsphinx import Decoder

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all in a terminal; who started this ends it
    decoder = Decoder(**OPTIONS)
    while len(length := sys.stdin.buffer.read(4)) == 4:
        decoder.start_utt()
        decoder.process_raw(sys.stdin.buffer.read(int.from_bytes(length, "little")), full_utt=True)
        decoder.end_utt()
        heard = [
            (
                segment.word,
                segment.start_frame / FRAMES_PER_S,
                (segment.end_frame + 1) / FRAMES_PER_S,
                segment.prob,
                math.log(max(segment.ascore, sys.float_info.min)),
            )
            for segment in decoder.seg() or ()
        ]
        print(json.dumps(heard), flush=True)


if __name__ == "__main__":
    main()
