"""What is wrong with one field, in the language of who sent it: marshmallow says it in English, filled in."""

import re

from flask_babel import gettext

from app.errors import N_

SAID = (  # by marshmallow, and by our own fields
    N_("Missing data for required field."),
    N_("Field may not be null."),
    N_("Unknown field."),
    N_("Invalid input type."),
    N_("Not a valid string."),
    N_("Not a valid number."),
    N_("Not a valid integer."),
    N_("Not a valid boolean."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid URL."),
    N_("Not a valid datetime."),
    N_("Must be one of: %(choices)s."),
    N_("Must be greater than or equal to %(min)s and less than or equal to %(max)s."),
    N_("Must be greater than or equal to %(min)s."),
    N_("Must be less than or equal to %(max)s."),
    N_("Length must be between %(min)s and %(max)s."),
    N_("Shorter than minimum length %(min)s."),
    N_("Longer than maximum length %(max)s."),
    N_("Must be a language: en, eng, en-US, English, or auto."),
    N_("Needs response_format=verbose_json."),
    N_("Must be text."),
    N_("Must be a key in the bucket, no leading slash, no .."),
)
_FILLED = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


def field_error(message: str) -> str:
    """Return it translated; what nobody has foreseen stays as it is."""
    for template in SAID:
        if found := _pattern(template).fullmatch(message):
            return str(gettext(template, **found.groupdict()))
    return message


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(_FILLED.sub(lambda one: f"(?P<{one[1] or one[2]}>.+)", re.escape(template)), re.DOTALL)
