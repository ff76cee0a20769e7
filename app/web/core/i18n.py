"""The language of a page, and the filters of templates that write sizes, durations and dates in it."""

import os
from datetime import UTC, datetime
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent
from flask import Blueprint, Flask, has_request_context, redirect, request
from flask_babel import Babel, get_locale, gettext
from werkzeug.exceptions import NotFound
from werkzeug.sansio.request import Request
from werkzeug.wrappers import Response

from app.config import Config
from app.documents import speakers
from app.documents.catalogues import compile_catalogues
from app.documents.forms import FORMS
from app.documents.labels import LABELS, labels
from app.documents.terminal_locale import terminal_locale
from app.web.core.time_zone import zone

LANGUAGES = {code: words["name"] for code, words in LABELS.items()}  # each named in itself, for the switch
COOKIE = "language"
COOKIE_LIFE_S = 365 * 24 * 3600

bp = Blueprint("i18n", __name__)


def init_app(app: Flask, config: Config) -> None:
    compiled = compile_catalogues(config.data_dir.resolve() / "translations")
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_TRANSLATION_DIRECTORIES=str(compiled))
    Babel(app, locale_selector=_present_locale)
    app.jinja_env.filters.update(
        duration=duration,
        clock=clock,
        filesize=filesize,
        moment=moment,
        percent=percent,
        decimal=decimal,
        language_name=language_name,
        engine_name=engine_name,
        form_name=form_name,
        speaker_name=speaker_name,
    )
    app.jinja_env.globals.update(
        locale=locale, languages=LANGUAGES, language_name=language_name, forms=tuple(FORMS)
    )
    app.register_blueprint(bp)


def _present_locale() -> str:
    """Return the language of who asks; commands have no visitor, and speak as their terminal does."""
    return choose_locale(request) if has_request_context() else terminal_locale(os.environ)


def choose_locale(asked: Request) -> str:
    """Return the language that the visitor chose, else the best that his browser asks for."""
    chosen = asked.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return asked.accept_languages.best_match(list(LANGUAGES), "en")


def locale() -> str:
    """Return the language of the page, one of LANGUAGES."""
    return str(get_locale() or "en")


@bp.get("/language/<code>")
def choose(code: str) -> Response:
    """Remember the language in a cookie. A link, not a form: it works on every page and changes no data."""
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(request.script_root + local_path(request.args.get("next", "/")), 303)
    response.set_cookie(
        COOKIE, code, max_age=COOKIE_LIFE_S, samesite="Lax", httponly=True, secure=request.is_secure
    )
    return response


def local_path(address: str) -> str:
    """Return a path of this site, so that the link cannot be used to lead elsewhere."""
    try:
        parts = urlsplit(address.replace("\\", "/"))
    except ValueError:  # as of "//["
        return "/"
    path = "/" + parts.path.lstrip("/")
    return path + (f"?{parts.query}" if parts.query else "")


def language_name(code: str) -> str:
    """Name a language in the language of the page; "auto" and unknown codes too."""
    if code == "auto":
        return str(gettext("detect automatically"))
    name = Locale(locale()).languages.get(code)
    return str(name) if name else code


def form_name(form: str) -> str:
    """Name a form of the minutes as the documents do."""
    return labels(locale())[FORMS[form].title]


def engine_name(name: str) -> str:
    """Name an engine as the documents do: "extractive" says nothing to most people."""
    return labels(locale()).get(f"engine_name.{name}", name)


def speaker_name(speaker: str) -> str:
    """Call a voice "Speaker 1" in the language of the page; a name stays as it is."""
    return speakers.speaker_name(speaker, {}, locale())


def duration(seconds: float) -> str:
    """Write a duration in the two units that matter: 45 s, 12 min, 1 h 24 min, 2 d 3 h."""
    whole = max(0, round(seconds))
    if whole < 60:
        return str(gettext("%(seconds)s s", seconds=whole))
    minutes = round(whole / 60)
    if minutes < 60:
        return str(gettext("%(minutes)s min", minutes=minutes))
    if minutes % 60 == 0 and minutes < 48 * 60:
        return str(gettext("%(hours)s h", hours=minutes // 60))
    if minutes < 48 * 60:
        return str(gettext("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60))
    return str(gettext("%(days)s d %(hours)s h", days=minutes // 1440, hours=minutes % 1440 // 60))


def clock(seconds: float) -> str:
    """Write a time of a recording as players do: 0:07, 12:40, 1:02:03."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def filesize(n_bytes: int) -> str:
    units = (gettext("B"), gettext("KB"), gettext("MB"), gettext("GB"))
    size, unit = float(n_bytes), 0
    while size >= 1000 and unit < len(units) - 1:
        size, unit = size / 1000, unit + 1
    digits = "0" if unit == 0 or size >= 100 else "0.0"
    return f"{format_decimal(size, format=digits, locale=locale())}\N{NO-BREAK SPACE}{units[unit]}"


def percent(fraction: float) -> str:
    """Write a share without rounding up to a 100 % that is not there yet."""
    return str(format_percent(int(fraction * 100) / 100, locale=locale()))


def decimal(value: float, digits: int = 3) -> str:
    """Write a number with some decimals: 0.989, in Russian 0,989."""
    return str(format_decimal(value, format=f"0.{'0' * digits}", locale=locale()))


def moment(when: datetime) -> str:
    """Write a date and time in the visitor's zone and language."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return str(format_datetime(aware.astimezone(zone()), "d MMMM y, HH:mm", locale=locale()))
