"""A mail server that keeps what it is given: as much of SMTP as a client of one mail speaks, with trouble on demand."""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typing_extensions import override

from harvester.clock import SystemClock


@dataclass
class SmallSmtp:
    """What it does, and what came: `mails`, and the `logins` as (name, password, encrypted)."""

    port: int = 0
    refuses: bool = False
    silent: bool = False
    tls: ssl.SSLContext | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)

    def told(self) -> list[tuple[str, str]]:
        """To whom and about what, in order."""
        return [(mail["To"], mail["Subject"]) for mail in self.mails]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    allow_reuse_address = True


@contextmanager
def small_smtp(*, tls: ssl.SSLContext | None = None) -> Iterator[SmallSmtp]:
    """A server that runs; with `tls` it offers STARTTLS."""
    kept = SmallSmtp(tls=tls)

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        @override
        def handle(self) -> None:
            if not kept.silent:
                _Session(self.connection, kept).converse()

    with _Server(("127.0.0.1", 0), Handler) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()


class _Session:
    """One client's."""

    def __init__(self, opened: socket.socket, kept: SmallSmtp) -> None:
        self.kept = kept
        self.encrypted = False
        self._speak_over(opened)

    def _speak_over(self, opened: socket.socket) -> None:
        self.opened = opened
        self.rfile, self.wfile = opened.makefile("rb"), opened.makefile("wb", 0)

    def converse(self) -> None:
        self.say("220 small.sample.internal ESMTP")
        acts: dict[str, Callable[[bytes], None]] = {
            "EHLO": self.greet, "STARTTLS": self.encrypt, "AUTH": self.log_in, "RCPT": self.address, "DATA": self.take,
        }
        try:
            while line := self.rfile.readline():
                verb = line.split()[0].upper().decode()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                acts.get(verb, self.agree)(line)
        except (ssl.SSLError, ConnectionError):
            return  # the client does not trust us
        finally:
            if self.encrypted:
                self.opened.close()

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def agree(self, _: bytes) -> None:
        self.say("250 fine")

    def greet(self, _: bytes) -> None:
        self.say("250-small.sample.internal\r\n250-AUTH PLAIN")
        if self.kept.tls and not self.encrypted:
            self.say("250-STARTTLS")
        self.say("250 8BITMIME")

    def encrypt(self, _: bytes) -> None:
        assert self.kept.tls is not None
        self.say("220 go on")
        self._speak_over(self.kept.tls.wrap_socket(self.opened, server_side=True))
        self.encrypted = True

    def log_in(self, line: bytes) -> None:
        _, name, password = base64.b64decode(line.split()[2]).decode().split("\0")
        self.kept.logins.append((name, password, self.encrypted))
        self.say("235 welcome")

    def address(self, _: bytes) -> None:
        self.say("550 no such mailbox here" if self.kept.refuses else "250 fine")

    def take(self, _: bytes) -> None:
        self.say("354 go on")
        body = b""
        while (part := self.rfile.readline()) not in (b".\r\n", b""):
            body += part[1:] if part.startswith(b"..") else part
        self.kept.mails.append(message_from_bytes(body, policy=policy.default))
        self.say("250 kept")


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that nobody signed: the server's context, and the file a client must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "small.sample.internal")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, private = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    return context, file
