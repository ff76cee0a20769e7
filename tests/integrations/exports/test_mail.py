"""A real mail server, aiosmtpd, on a port of this machine."""

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from app.config import Config
from app.errors import BadInput
from app.integrations.exports.destination import Parcel
from app.integrations.exports.mail import MailDestination

PARCEL = Parcel(
    "1" * 32, "Встреча\r\nBcc: evil@example.org", "x", {"minutes.docx": b"PK", "minutes.txt": "да".encode()}
)


class Mailbox:
    """Keeps what comes; some addresses it does not know."""

    def __init__(self) -> None:
        self.came: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.came.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def _judge(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
    return AuthResult(success=said.password == b"secret", handled=False)  # the server answers


class OnAnyPort(Controller):
    """Asks the system for a port, and calls itself there when it is up."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    server = OnAnyPort(
        box, hostname="127.0.0.1", port=0, auth_require_tls=False, ready_timeout=30,
        authenticator=_judge,
    )  # fmt: skip
    server.start()
    try:
        yield box, server.port
    finally:
        server.stop()


def destination(port: int, to: str, password: str = "secret") -> MailDestination:
    own: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_tls": "none",
        "export_mail_to": to,
    }
    own |= {"smtp_user": "konspekt", "smtp_password": password, "export_mail_from": "notes@example.org"}
    return MailDestination(Config(_env_file=None, **own))


def test_a_message_has_the_minutes_and_its_attachments(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    destination(port, "anna@example.org, boris@example.org").put(PARCEL)
    (to, message) = box.came[0]
    assert to == ["anna@example.org", "boris@example.org"]
    assert message["Subject"] == "Встреча Bcc: evil@example.org"
    assert message["Bcc"] is None
    assert message["Message-ID"] == f"<{'1' * 32}@example.org>"
    assert message.get_body().get_content().strip() == "да"
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert attached.keys() == PARCEL.documents.keys()
    assert attached["minutes.docx"] == b"PK"


def test_an_address_that_is_refused_is_told(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        destination(port, "anna@example.org, nobody@example.org").put(PARCEL)
    assert [to for to, _ in box.came] == [["anna@example.org"]], "who is known has it all the same"


def test_who_may_not_send_is_told_why(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(smtplib.SMTPAuthenticationError):
        destination(port, "anna@example.org", "wrong").put(PARCEL)
    with pytest.raises(BadInput, match="ASCII"):
        destination(port, "anna@example.org", "пароль").put(PARCEL)
    assert box.came == []
