"""Passwords: hashed by argon2id (RFC 9106), with as much work for an unknown name as for a known one."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import N_, BadInput

PASSES, MEMORY_KIB, LANES = 2, 19 * 1024, 1  # of argon2id, as OWASP's Password Storage Cheat Sheet has it
SHORTEST, LONGEST = 10, 200  # characters
AT_ONCE = 2  # each takes a core: who signs in often must not take all of them
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$lx6+JVHCpHgvu2ZYS1Cq1g$uAvVxmxwF6uh5V1T2wN3HnUp9vbIX8kztmTnlRkSIrE"

WRONG_LENGTH = N_("A password has %(shortest)d to %(longest)d characters. A sentence is easy to remember.")
NO_TEXT = N_("The password was not understood as text. Send it as UTF-8, or type it in another terminal.")
AS_THE_NAME = N_("The password may not be the name.")


class Passwords:
    """Hashes and compares, a few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES)
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def hash(self, password: str, name: str) -> str:
        """Return what is kept of a password. Raises BadInput for one that is too easy to guess."""
        try:
            said = _prepared(password)
        except UnicodeEncodeError as error:
            raise BadInput(NO_TEXT) from error
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadInput(WRONG_LENGTH, shortest=SHORTEST, longest=LONGEST)
        if password.casefold() == name.casefold():
            raise BadInput(AS_THE_NAME)
        with self._turns:
            return self._hasher.hash(said)

    def matches(self, kept: str | None, password: str) -> bool:
        """Compare a password with what is kept; None: there is nothing, which takes as long to say."""
        if len(password) > LONGEST:
            return False
        with self._turns:
            try:
                self._hasher.verify(kept or NOBODYS, _prepared(password))
            except (VerificationError, InvalidHashError, UnicodeEncodeError):
                return False
        return kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Tell whether it was hashed with less work than is usual today."""
        return self._hasher.check_needs_rehash(kept)


def _prepared(password: str) -> bytes:
    """Return a password as it is hashed (RFC 8265, 4.2): the same from every keyboard.

    Raises UnicodeEncodeError for bytes that were no text: each would be kept as the same sign.
    """
    spaces = "".join(" " if unicodedata.category(char) == "Zs" else char for char in password)
    return unicodedata.normalize("NFC", spaces).encode()
