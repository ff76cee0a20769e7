"""What Whisper learned from subtitles and writes where nobody speaks: credits, captions, farewells."""

import re

# Nobody says these in a recording: who made the subtitles.
_CREDITS = re.compile(
    r"(редактор|корректор|автор)\w* субтитр|субтитры (сделал|создавал|подогнал|предоставлен|делал)|dimatorzok"
    r"|субтитры и .*титры|amara\.org|(subtitles|captions|transcription|translated) (made |created )?by\b"
    r"|castingwords|subs by",
    re.IGNORECASE,
)
# These may be said: the sound must speak against them too.
_FAREWELLS = re.compile(
    r"продолжение следует|(спасибо|благодар\w+) за (просмотр|внимание|подписку)"
    r"|подписывайтесь на (наш )?канал"
    r"|ставьте лайк|до новых встреч"
    r"|thank(s| you) (so much |very much )?for (watching|listening|your attention)"
    r"|(please )?(like and )?subscribe( to)?|see you (in the )?next (time|video)|^\W*you\W*$",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"^\W*(\[.*\]|\(.*\)|[♪♫].*"
    r"|([А-ЯЁA-Z]+ )*(МУЗЫКА|АПЛОДИСМЕНТЫ|СМЕХ|MUSIC|APPLAUSE|LAUGHTER))\W*$"
)


def is_credit(text: str) -> bool:
    """Tell whether a line names who made subtitles, or describes a sound."""
    return bool(_CREDITS.search(text) or _CAPTION.match(text.strip()))


def is_farewell(text: str) -> bool:
    """Tell whether a line is what films end with; people may say it, too."""
    return bool(_FAREWELLS.search(text))
