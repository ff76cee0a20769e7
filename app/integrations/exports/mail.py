"""Documents by e-mail: one message for each recording, by the mail server of the settings."""

import mimetypes
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

from app.config import Config
from app.documents.sanitize import encodable, one_line
from app.errors import N_, BadInput
from app.integrations.exports.destination import Parcel

NOT_ASCII = N_("name and password of the mail server may hold ASCII characters only")
SHORT = "minutes.txt"  # stands in the message itself


class MailDestination:
    """The addresses of the settings."""

    kind = "export-mail"

    def __init__(self, config: Config) -> None:
        self._config = config
        self.address = "mail"

    def put(self, parcel: Parcel) -> None:
        message = self.message(parcel)
        with self._connected() as server:
            refused = server.send_message(message)
        if refused:  # some of the addresses: whoever got it gets it again, under the same id
            raise smtplib.SMTPRecipientsRefused(refused)

    def message(self, parcel: Parcel) -> EmailMessage:
        """Write the message; its id is the delivery's, by which mail programs know it again."""
        config, message = self._config, EmailMessage()
        sender = Address(addr_spec=config.export_mail_from or "")
        message["From"], message["To"] = sender, [Address(addr_spec=one) for one in config.export_mail_to]
        message["Subject"] = encodable(one_line(parcel.name))[:200] or "Konspekt"
        message["Date"], message["Message-ID"] = formatdate(), f"<{parcel.id}@{sender.domain or 'konspekt'}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine need answer
        message.set_content(parcel.documents.get(SHORT, b"").decode("utf-8-sig", "replace") or parcel.name)
        for name, content in parcel.documents.items():
            kind, _, of = (mimetypes.guess_type(name)[0] or "application/octet-stream").partition("/")
            message.add_attachment(content, maintype=kind, subtype=of, filename=name)
        return message

    def _connected(self) -> smtplib.SMTP:
        config, context = self._config, ssl.create_default_context()
        host, port, timeout_s = config.smtp_host or "", config.smtp_port, config.export_timeout_s
        if config.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=timeout_s)
        try:
            if config.smtp_tls == "starttls":
                server.starttls(context=context)
            if config.smtp_user:
                password = config.smtp_password
                server.login(config.smtp_user, password.get_secret_value() if password else "")
        except UnicodeError as error:
            server.close()
            raise BadInput(NOT_ASCII) from error
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server
