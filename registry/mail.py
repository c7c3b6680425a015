"""Mail by one SMTP server, in plain text. STARTTLS where the server has it, and no password goes without encryption.

Border: what is written, to whom and when is `registry.notifying`.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

PATIENCE_S = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


class MailError(Exception):
    """A mail could not be sent: what the server said, in one line, without its password."""


def compose(
    *, sender: str, to: str, subject: str, text: str, at: datetime, domain: str, about: str
) -> EmailMessage:
    """A mail from a program: nobody's answering machine answers it. `about` threads those of one matter."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=domain)
    mail["References"] = f"<{about}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail


def send(mail: EmailMessage, server: str) -> None:
    """Hand a mail over to the server of this address, `smtp://user:password@host:port` or `smtps://…`.

    Raises:
        MailError: it was not taken.
    """
    parts = urlsplit(server)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            with smtplib.SMTP_SSL(host, port, timeout=PATIENCE_S, context=context) as session:
                _hand_over(session, mail, parts.username, parts.password, encrypted=True)
            return
        with smtplib.SMTP(host, port, timeout=PATIENCE_S) as session:
            session.ehlo()
            encrypted = session.has_extn("starttls")
            if encrypted:
                session.starttls(context=context)
                session.ehlo()
            _hand_over(session, mail, parts.username, parts.password, encrypted=encrypted or _is_here(host))
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"{host}:{port}: {_said(error)}") from None


def _hand_over(
    session: smtplib.SMTP, mail: EmailMessage, user: str | None, password: str | None, *, encrypted: bool
) -> None:
    if user is not None and password is not None:
        if not encrypted:
            raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS, so no password was sent to it")
        session.login(unquote(user), unquote(password))
    session.send_message(mail)


def _is_here(host: str) -> bool:
    """Whether the server is on this machine, where nobody listens in between."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"[:200]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the server refuses the recipient"
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
