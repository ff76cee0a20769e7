"""A folder of a WebDAV server (RFC 4918), such as Nextcloud's."""

from urllib.parse import quote, urlsplit

import requests
from requests.auth import HTTPBasicAuth

from app.config import Config
from app.errors import N_, BadInput
from app.integrations.exports.destination import Parcel

EXISTS = 405  # MKCOL of what is there already (RFC 4918, 9.3.1)
REFUSED = N_("the server has answered %(method)s with status %(status)d")


class WebDavDestination:
    """The folder of the settings; those above the recording's own must be there."""

    kind = "export-webdav"

    def __init__(self, config: Config) -> None:
        assert config.export_webdav_url is not None
        self._url, self._timeout_s = config.export_webdav_url.rstrip("/"), config.export_timeout_s
        password = config.export_webdav_password.get_secret_value() if config.export_webdav_password else ""
        self._auth = HTTPBasicAuth(config.export_webdav_user.encode(), password.encode())
        self._has_name = bool(config.export_webdav_user)
        self.address = urlsplit(self._url).hostname or ""

    def put(self, parcel: Parcel) -> None:
        folder = f"{self._url}/{quote(parcel.folder, safe='')}"
        with requests.Session() as session:
            if self._has_name:
                session.auth = self._auth
            self._ask(session, "MKCOL", f"{folder}/", also=(EXISTS,))
            for name, content in parcel.documents.items():
                self._ask(session, "PUT", f"{folder}/{quote(name, safe='')}", content)

    def _ask(
        self, session: requests.Session, method: str, url: str, body: bytes = b"", also: tuple[int, ...] = ()
    ) -> None:
        """Raise BadInput where the server refuses; it is led nowhere else, with the password in hand."""
        answer = session.request(method, url, data=body, timeout=self._timeout_s, allow_redirects=False)
        if not 200 <= answer.status_code < 300 and answer.status_code not in also:
            raise BadInput(REFUSED, method=method, status=answer.status_code)
