"""Options of the lab's scripts, told in the language of the terminal where `flask lab` has started them."""

import argparse
import gettext
import os

from app.errors import N_

CATALOGUES = "TEXTDOMAINDIR"  # as GNU's gettext(1) calls the folder of compiled catalogues
OF_ARGPARSE = (  # which asks gettext for them
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("invalid %(type)s value: %(value)r"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
)


def speak() -> None:
    """Let gettext find the catalogues that whoever started this process has compiled."""
    if folder := os.environ.get(CATALOGUES):
        gettext.bindtextdomain(gettext.textdomain(), folder)


def new_parser(prog: str, description: str) -> argparse.ArgumentParser:
    """Make a parser for `flask lab PROG`."""
    return argparse.ArgumentParser(f"flask lab {prog}", description=gettext.gettext(description))
