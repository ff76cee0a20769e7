"""The choice of the language that is spoken, for the forms and the socket; what is not heard is marked."""

from flask_babel import gettext

from app.documents.language_codes import language_code
from app.errors import N_, BadInput
from app.web.core.context import konspekt
from app.web.core.i18n import LANGUAGES, language_name, locale

COMMON = (  # offered where an engine hears any language: the best served of Whisper's, by its paper's table
    *("ar", "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr"),
    *("hu", "hy", "id", "it", "ja", "ka", "kk", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru"),
    *("sk", "sl", "sr", "sv", "th", "tr", "uk", "uz", "vi", "zh"),
)


def choices() -> list[tuple[str, str]]:
    """Return (code, name) of what may be chosen: automatic, then the languages of the pages, then by name."""
    heard = konspekt().engines.hearing().languages
    first = (locale(), *LANGUAGES)
    others = set(COMMON if heard is None else heard) - set(first)
    codes = dict.fromkeys((*first, *sorted(others, key=lambda code: language_name(code).casefold())))
    auto = ("auto", gettext("Detect automatically"))
    return [auto, *((code, _choice(code, heard is None or code in heard)) for code in codes)]


def chosen(written: str) -> str:
    """Return the code of a language named in any usual way; whether an engine hears it is seen later."""
    if code := language_code(written):
        return code
    raise BadInput(N_("Unknown language: %(language)s."), language=written[:20])


def _choice(code: str, heard: bool) -> str:
    name = language_name(code)
    name = name[:1].upper() + name[1:]
    return name if heard else str(gettext("%(language)s (needs Whisper)", language=name))
