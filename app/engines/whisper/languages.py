"""In which language each window of a recording is heard, where the language is not given."""

from collections import defaultdict
from collections.abc import Sequence

from app.engines.whisper.windows import EncodedWindow

# A window is heard in another language than the recording only where that is sure and the window long: mixed
# meetings have such windows, but short sounds, as a cough, are often taken for some other language.
SURE, SURE_S = 0.8, 5.0


def choose_languages(
    parts: Sequence[EncodedWindow], wanted: str, chances: dict[str, float]
) -> dict[str, list[EncodedWindow]]:
    """Sort windows by the language to hear them in.

    Args:
        wanted: "auto" or the language of all.
        chances: of each language in the recording so far, in seconds of speech; grows.
    """
    chosen: dict[str, list[EncodedWindow]] = defaultdict(list)
    for part in parts:
        for code, probability in part.languages.items():
            chances[code] += probability * part.window.duration_s
    for part in parts:
        language = wanted
        if wanted == "auto":
            own = max(part.languages, key=part.languages.__getitem__)
            sure = part.languages[own] >= SURE and part.window.duration_s >= SURE_S
            language = own if sure else max(chances, key=chances.__getitem__)
        chosen[language].append(part)
    return chosen
