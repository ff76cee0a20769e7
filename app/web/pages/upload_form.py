"""The fields of the upload form: read, and remembered as the visitor's defaults."""

from collections.abc import Mapping
from typing import cast

from flask import session

from app.pipeline import SWITCHES
from app.web.core.intake import Wishes, wishes_of

REMEMBERED = ("language", "speakers", "terms", "model", "form", *SWITCHES)


def wishes(form: Mapping[str, str]) -> Wishes:
    """Return what the form says of all its files. Raises BadInput."""
    return wishes_of(
        form.get("language", "auto"),
        form.get("speakers", ""),
        form.get("terms", ""),
        {wish for wish in SWITCHES if form.get(wish)},
        form.get("callback_url", "").strip() or None,
        model=form.get("model", ""),
        form=form.get("form", ""),
    )


def remember(form: Mapping[str, str]) -> None:
    """Let the form stand as it was sent when the visitor opens it again."""
    session["wishes"] = {name: form.get(name, "") for name in REMEMBERED}


def remembered() -> Mapping[str, str]:
    """Return what the visitor wanted last."""
    return cast(Mapping[str, str], session.get("wishes", {}))
