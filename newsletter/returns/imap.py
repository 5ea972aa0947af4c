"""The mailbox of returns over IMAP (RFC 3501, 2595, 4315, 6851): look, read the beginning, move.

`imaps://user:secret@host:993/INBOX`, or `imap://…` with STARTTLS; `?tls=none` for a server on the
same machine. The certificate is always verified. User and secret are percent-encoded.
"""

import base64
import imaplib
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from newsletter.errors import LetterError
from newsletter.returns.mime import MAX_BYTES

STEP_SECONDS = 30.0
PORTS = {"imap": 143, "imaps": 993}
NOT_ASCII = re.compile(r"[^\x20-\x7e]+")


class MailboxError(LetterError):
    """The mailbox can not be read, or its address not understood."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the mailbox is. `tls`: « tls », « starttls » or « none »."""

    host: str
    port: int
    user: str
    secret: str
    folder: str
    tls: str


def parse_place(url: str) -> Place:
    """The place that `BOUNCE_MAILBOX_URL` names.

    Raises:
        MailboxError: without repeating the address, which holds a secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        asked = parse_qs(parts.query, strict_parsing=bool(parts.query)).get("tls", [""])[0]
    except ValueError as error:
        raise MailboxError("BOUNCE_MAILBOX_URL\u00a0: adresse illisible.") from error
    default = "tls" if parts.scheme == "imaps" else "starttls"
    tls = asked or default
    if parts.scheme not in PORTS or not parts.hostname or not parts.username:
        raise MailboxError(
            "BOUNCE_MAILBOX_URL\u00a0: attendu «\u00a0imaps://utilisateur:secret@serveur/INBOX\u00a0»."
        )
    if tls not in {"tls", "starttls", "none"}:
        raise MailboxError(
            "BOUNCE_MAILBOX_URL\u00a0: «\u00a0tls\u00a0» vaut starttls, tls ou none."
        )
    user, secret = unquote(parts.username), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if any(ord(sign) < 32 for sign in user + secret + folder):
        raise MailboxError("BOUNCE_MAILBOX_URL\u00a0: caractère de contrôle.")
    return Place(parts.hostname, port, user, secret, folder, tls)


def folder_name(name: str) -> str:
    """A folder's name on the wire: modified UTF-7 (RFC 3501 §5.1.3), quoted."""

    def shifted(found: re.Match[str]) -> str:
        coded = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=")
        return f"&{coded.replace('/', ',')}-"

    text = NOT_ASCII.sub(shifted, name.replace("&", "&-"))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Box:
    """An open folder. As a context: closed at its end, whatever happens.

    Raises, everywhere:
        MailboxError: in French; the server's own words follow.
    """

    def __init__(self, place: Place, *, timeout: float = STEP_SECONDS) -> None:
        self.place, self.timeout = place, timeout
        self._folders: dict[str, str] = {}

    def __enter__(self) -> "Box":
        place = self.place
        try:
            self._imap = self._open()
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxError(
                f"La boîte des retours ne répond pas ({place.host})\u00a0: {error}"
            ) from error
        try:
            self._do("LOGIN", lambda: self._imap.login(place.user, place.secret))
            self._do("SELECT", lambda: self._imap.select(folder_name(place.folder)))
        except MailboxError:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def uids(self) -> list[int]:
        """The messages' numbers, the oldest first."""
        (listed,) = self._do("SEARCH", lambda: self._imap.uid("SEARCH", "UNDELETED"))[:1] or [b""]
        return sorted(int(one) for one in (listed or b"").split())

    def read(self, uid: int) -> bytes | None:
        """The first megabyte of a message, without marking it read; None when it is gone."""
        asked = f"(BODY.PEEK[]<0.{MAX_BYTES}>)"
        data = self._do("FETCH", lambda: self._imap.uid("FETCH", str(uid), asked))
        return next((bytes(one[1]) for one in data if isinstance(one, tuple)), None)

    def move(self, uid: int, folder: str) -> None:
        """Puts a message in another folder, made when it is not there."""
        target = self._folders.get(folder) or self._made(folder)
        self._folders[folder] = target
        if "MOVE" in self._imap.capabilities:
            self._do("MOVE", lambda: self._imap.uid("MOVE", str(uid), target))
            return
        self._do("COPY", lambda: self._imap.uid("COPY", str(uid), target))
        self._do("STORE", lambda: self._imap.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Deleted)"))
        if "UIDPLUS" in self._imap.capabilities:
            self._do("EXPUNGE", lambda: self._imap.uid("EXPUNGE", str(uid)))
        else:
            self._do("EXPUNGE", self._imap.expunge)

    def _open(self) -> imaplib.IMAP4:
        place, context = self.place, ssl.create_default_context()
        if place.tls == "tls":
            return imaplib.IMAP4_SSL(
                place.host, place.port, ssl_context=context, timeout=self.timeout
            )
        imap = imaplib.IMAP4(place.host, place.port, timeout=self.timeout)
        if place.tls == "starttls":
            try:
                imap.starttls(context)
            except (OSError, imaplib.IMAP4.error):
                imap.shutdown()
                raise
        return imap

    def _made(self, folder: str) -> str:
        """The folder's name on the wire. Some servers keep every folder under INBOX."""
        listed = self._do("LIST", lambda: self._imap.list('""', '""'))
        found = re.search(rb'"(.)"', listed[0] or b"") if listed else None
        mark = found[1].decode("ascii", "replace") if found else "/"
        for name in (folder, f"INBOX{mark}{folder}"):
            wire = folder_name(name)
            if self._answers(lambda wire=wire: self._imap.status(wire, "(MESSAGES)")) or (
                self._answers(lambda wire=wire: self._imap.create(wire))
            ):
                return wire
        raise MailboxError(
            f"Le dossier «\u00a0{folder}\u00a0» ne peut pas être créé dans la boîte."
        )

    def _answers(self, call) -> bool:  # type: ignore[no-untyped-def]
        try:
            return bool(call()[0] == "OK")
        except imaplib.IMAP4.abort as error:
            raise MailboxError(f"La boîte des retours a raccroché\u00a0: {error}") from error
        except (OSError, imaplib.IMAP4.error):
            return False

    def _do(self, name: str, call) -> list:  # type: ignore[no-untyped-def, type-arg]
        try:
            answer, data = call()
        except (OSError, imaplib.IMAP4.error) as error:
            words = str(error) if name != "LOGIN" else "identifiant ou secret refusé"
            raise MailboxError(f"La boîte des retours refuse {name}\u00a0: {words}") from error
        if answer != "OK":
            raise MailboxError(f"La boîte des retours refuse {name}\u00a0: {data!r:.200}")
        return list(data)

    def _leave(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()
        with suppress(OSError):
            self._imap.shutdown()
