"""A small IMAP server: the few commands of RFC 3501 that the poller speaks, over a real socket.

Folders are lists of messages by UID. `moves` and `uidplus` are its extensions; `prefix` refuses
folders outside INBOX, as some servers do; `closes_after` hangs up after so many commands.
"""

import re
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

Folder = dict[int, bytes]


class ImapServer:
    def __init__(
        self,
        messages: list[bytes],
        *,
        moves: bool = True,
        uidplus: bool = True,
        prefix: bool = False,
        closes_after: int = 0,
        certificate: Path | None = None,
    ) -> None:
        self.folders: dict[str, Folder] = {"INBOX": dict(enumerate(messages, start=1))}
        self.capabilities = "IMAP4rev1" + " MOVE" * moves + " UIDPLUS" * uidplus
        self.prefix, self.closes_after = prefix, closes_after
        self.commands: list[str] = []
        self.deleted: set[int] = set()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def url(self, query: str = "tls=none", secret: str = "s%26cret", scheme: str = "imap") -> str:
        return f"{scheme}://lecteur:{secret}@127.0.0.1:{self.port}/INBOX?{query}"

    def __enter__(self) -> "ImapServer":
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        # A thread that waits in accept is not woken by closing; by a connection it is.
        self.is_over = True
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self.thread.join(timeout=5)
        self.listener.close()

    is_over = False

    def _serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            if self.is_over:
                connection.close()
                return
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                with connection, connection.makefile("rwb") as file:
                    self._talk(file)
            except OSError:
                connection.close()

    def _talk(self, file) -> None:
        file.write(f"* OK [CAPABILITY {self.capabilities}] ready\r\n".encode())
        file.flush()
        while line := file.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.commands.append(rest)
            if self.closes_after and len(self.commands) >= self.closes_after:
                return
            answer = self._answer(rest)
            file.write(answer.replace(b"TAG", tag.encode(), 1) if answer else b"")
            file.flush()
            if rest.upper().startswith("LOGOUT"):
                return

    def _answer(self, line: str) -> bytes:
        words = line.upper().split()
        match words:
            case ["CAPABILITY", *_]:
                return f"* CAPABILITY {self.capabilities}\r\nTAG OK done\r\n".encode()
            case ["LOGIN", *_]:
                is_known = line.endswith('lecteur "s&cret"')
                return b"TAG OK done\r\n" if is_known else b"TAG NO bad\r\n"
            case ["SELECT", *_]:
                return b"* %d EXISTS\r\nTAG OK done\r\n" % len(self.folders["INBOX"])
            case ["LIST", *_]:
                return b'* LIST (\\Noselect) "." ""\r\nTAG OK done\r\n'
            case ["STATUS", *_]:
                name = re.findall('"([^"]*)"', line)[0]
                return b"TAG OK done\r\n" if name in self.folders else b"TAG NO unknown\r\n"
            case ["CREATE", *_]:
                name = re.findall('"([^"]*)"', line)[0]
                if self.prefix and not name.startswith("INBOX."):
                    return b"TAG NO outside\r\n"
                self.folders[name] = {}
                return b"TAG OK done\r\n"
            case ["UID", verb, *rest]:
                return self._uid(verb, rest, line)
            case ["EXPUNGE"]:
                self._expunge()
                return b"TAG OK done\r\n"
            case ["LOGOUT"]:
                return b"* BYE\r\nTAG OK done\r\n"
        return b"TAG BAD unknown\r\n"

    def _uid(self, verb: str, rest: list[str], line: str) -> bytes:
        box = self.folders["INBOX"]
        if verb == "SEARCH":
            found = " ".join(str(uid) for uid in box if uid not in self.deleted)
            return f"* SEARCH {found}\r\nTAG OK done\r\n".encode()
        uid = int(rest[0])
        if verb == "FETCH":
            if uid not in box:
                return b"TAG OK done\r\n"
            most = int(re.findall(r"<0\.(\d+)>", line)[0])
            data = box[uid][:most]
            head = f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(data)}}}\r\n".encode()
            return head + data + b")\r\nTAG OK done\r\n"
        if verb in {"MOVE", "COPY"}:
            name = re.findall('"([^"]*)"', line)[0]
            self.folders[name][uid] = box[uid]
            if verb == "MOVE":
                del box[uid]
        elif verb == "STORE":
            self.deleted.add(uid)
        elif verb == "EXPUNGE":
            self._expunge()
        return b"TAG OK done\r\n"

    def _expunge(self) -> None:
        for uid in self.deleted:
            self.folders["INBOX"].pop(uid, None)
        self.deleted.clear()
