"""A recording of three hours and 5,000 lines, put in the place of a short one that the program has heard."""

import json
from pathlib import Path

from tests.making import make_media

N_LINES = 5_000
LASTS_S = 3 * 3600.0
SPEAKERS = ("Анна Петрова", "Boris", "Виктор", "Maria")
SAID = (
    "Good morning, let us begin with the budget for the next quarter.",
    "Бюджет утверждён, офис снимаем с мая, договор готовит юрист.",
    "Yes.",
    "I think the biggest risk is the delay of delivery from our supplier, so Boris writes to him by Friday "
    "and tells everybody on Monday what came of it.",
)


def put_long_recording(results: Path) -> None:
    """Write transcript, minutes, sound and waveform of it into a job's folder of results."""
    put_long_text(results)
    (results / "waveform.json").write_text(json.dumps([(n * 7919 % 997) / 997 for n in range(600)]))
    minute = make_media(
        results / "minute.mp3", *("-f", "lavfi", "-i", "sine=f=200:r=16000:d=60"), "-b:a", "8k"
    )
    make_media(results / "listen.mp3", *("-stream_loop", "179", "-i", str(minute)), "-c", "copy")
    minute.unlink()


def put_long_text(results: Path) -> None:
    """Write its transcript and its minutes alone."""
    seconds = LASTS_S / N_LINES
    segments = [_segment(number, number * seconds, seconds - 0.2) for number in range(N_LINES)]
    _change(results / "transcript.json", segments=segments, language="en", duration_s=LASTS_S)
    points = [{"text": SAID[1], "start": 60.0 * n} for n in range(6)]
    topics = [{"title": f"Topic {n}", "start": 360.0 * n, "points": points} for n in range(30)]
    items = [{"text": SAID[3], "start": 90.0 * n, "who": "Boris", "by_when": "Friday"} for n in range(20)]
    _change(results / "minutes.json", topics=topics, decisions=points, action_items=items)


def _segment(number: int, start: float, lasts_s: float) -> dict[str, object]:
    text = SAID[number % len(SAID)]
    words, step = text.split(), lasts_s / len(text.split())
    return {
        "start": round(start, 3),
        "end": round(start + lasts_s, 3),
        "text": text,
        "speaker": SPEAKERS[number // 3 % len(SPEAKERS)],
        "words": [
            {
                "start": round(start + n * step, 3),
                "end": round(start + (n + 1) * step, 3),
                "text": word,
                "probability": (n % 9) / 9,
            }
            for n, word in enumerate(words)
        ],
        "doubtful": number % 50 == 0,
    }


def _change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
