"""Accounts from a terminal."""

from pathlib import Path

import pytest

from tests.cli.terminal import run

pytestmark = pytest.mark.usefixtures("cheap_passwords")
TYPED = b"a long sentence\na long sentence\n"


def test_accounts_are_made_listed_changed_and_removed(tmp_path: Path) -> None:
    made = run(tmp_path, "users", "add", "Анна", stdin=TYPED)
    assert made.exit_code == 0, made.stderr
    assert "a long sentence" not in made.output
    assert "as an administrator" in made.stderr
    assert "KONSPEKT_AUTH=password" in made.stderr
    assert (
        run(tmp_path, "users", "add", "Boris", "--password-stdin", stdin=TYPED, auth="password").exit_code
        == 0
    )
    listed = run(tmp_path, "users", "list").stdout.splitlines()
    assert [line.split()[:2] for line in listed] == [["Анна", "admin"], ["Boris", "user"]]
    assert run(tmp_path, "users", "passwd", "boris", "--revoke-keys", stdin=TYPED).exit_code == 0
    assert "Boris" in run(tmp_path, "users", "remove", "BORIS", "--yes").stderr
    assert run(tmp_path, "users", "remove", "Анна", stdin=b"n\n").exit_code == 1
    assert len(run(tmp_path, "users", "list").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (("add", "Anna"), b"short\nshort\n", "10 to 200 characters"),
        (("add", ""), TYPED, "Give a name"),
        (("passwd", "Nobody"), TYPED, "flask users list"),
        (("remove", "Nobody", "--yes"), b"", "flask users list"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...], stdin: bytes, said: str
) -> None:
    done = run(tmp_path, "users", *words, stdin=stdin)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
