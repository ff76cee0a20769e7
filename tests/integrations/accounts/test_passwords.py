import pytest
from argon2 import PasswordHasher, extract_parameters

from app.errors import BadInput
from app.integrations.accounts import passwords
from app.integrations.accounts.passwords import NOBODYS, Passwords

SENTENCE = "пароль с пробелами"


def test_a_password_is_kept_as_a_hash_of_argon2id_and_known_again() -> None:
    known = Passwords()
    kept = known.hash(SENTENCE, "anna")
    assert kept.startswith("$argon2id$")
    assert SENTENCE not in kept
    assert known.matches(kept, SENTENCE)
    assert not known.matches(kept, SENTENCE + " ")
    assert not known.is_outdated(kept)


def test_an_unknown_name_costs_the_same_work_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Passwords()
    kept = known.hash(SENTENCE, "anna")
    assert extract_parameters(kept) == extract_parameters(NOBODYS)
    verified: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, kept, said: verified.append(kept) or verify(self, kept, said)
    )
    assert not known.matches(None, "whatever it is")
    assert not known.matches(kept, "whatever it is")
    assert verified == [NOBODYS, kept]


@pytest.mark.parametrize("password", ["", "too short", "x" * 201, "Anna Petrova"])
def test_what_is_too_easy_or_too_long_is_refused(password: str, cheap_passwords: None) -> None:
    with pytest.raises(BadInput):
        Passwords().hash(password, "anna petrova")


@pytest.mark.parametrize("said", ["", "x" * 10**6, "\ud800 and more of it", "with\0nought within"])
def test_no_password_breaks_the_comparison(said: str, cheap_passwords: None) -> None:
    known = Passwords()
    assert not known.matches(known.hash(SENTENCE, "anna"), said)
    assert not known.matches("what is no hash", said)


def test_older_hashes_are_known_to_be_outdated(
    monkeypatch: pytest.MonkeyPatch, cheap_passwords: None
) -> None:
    kept = Passwords().hash(SENTENCE, "anna")
    monkeypatch.setattr(passwords, "MEMORY_KIB", 16)
    assert Passwords().is_outdated(kept)
    assert Passwords().matches(kept, SENTENCE)


def test_a_password_is_the_same_from_every_keyboard(cheap_passwords: None) -> None:
    known = Passwords()
    kept = known.hash("длинный й и пробел", "anna")
    assert known.matches(kept, "длинный \u0438\u0306 и\u00a0пробел")
    assert not known.matches(kept, "длинный и и пробел")


def test_bytes_that_are_no_text_are_no_password(cheap_passwords: None) -> None:
    """A terminal of another coding would else have kept one that others guess: each byte the same sign."""
    read = "длинный пароль".encode("cp1251").decode("utf-8", "surrogateescape")
    with pytest.raises(BadInput, match="not understood"):
        Passwords().hash(read, "anna")
    assert not Passwords().matches(Passwords().hash("?" * len(read), "anna"), read)
