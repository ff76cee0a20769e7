"""Uploads in pieces, whichever way they take: how many a visitor may have, and what is said of them."""

from app.errors import N_

MOST_OF_ONE = 50  # that a visitor may have begun and not finished
RETRY_AFTER_S = 60
UNKNOWN = N_("This upload is not there any more. Send the file again.")
INCOMPLETE = N_("This file has not arrived as a whole.")
TOO_MANY = N_("You have begun too many uploads. Finish or cancel one of them.")
