"""Mail is handed over, encrypted where the server can, and a password never goes in clear over the network."""

from __future__ import annotations

import socket
from email.message import EmailMessage
from pathlib import Path

import pytest

from registry import mail as mail_module
from registry.mail import MailError, compose, send
from tests.support.clock import START
from tests.support.small_smtp import own_certificate, small_smtp


def a_mail(text: str = "It fails.\n.\n..two\nGrüße\n") -> EmailMessage:
    return compose(
        sender="registry@sample.internal", to="ops@sample.internal", subject="Registry: hub fails: ü", text=text,
        at=START, domain="sample.internal", about="hub.2026",
    )


def test_mail_when_taken_then_as_it_was_written() -> None:
    with small_smtp() as server:
        send(a_mail(), f"smtp://127.0.0.1:{server.port}")
    (found,) = server.mails
    assert (found["From"], found["To"]) == ("registry@sample.internal", "ops@sample.internal")
    assert found["Subject"] == "Registry: hub fails: ü"
    assert found["Date"].datetime == START
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Message-ID"].endswith("@sample.internal>")
    assert found["References"] == "<hub.2026@sample.internal>"
    assert found.get_content().replace("\r\n", "\n") == "It fails.\n.\n..two\nGrüße\n"
    assert server.logins == []


def test_mail_when_the_server_offers_starttls_then_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with small_smtp(tls=context) as server:
        send(a_mail(), f"smtp://us%40sample:p%3Aw@127.0.0.1:{server.port}")
    assert server.logins == [("us@sample", "p:w", True)]
    assert len(server.mails) == 1


def test_mail_when_the_certificate_is_nobodys_then_not_sent(tmp_path: Path) -> None:
    context, _ = own_certificate(tmp_path)
    with small_smtp(tls=context) as server, pytest.raises(MailError) as error:
        send(a_mail(), f"smtp://us:pw@127.0.0.1:{server.port}")
    assert "certificate verify failed" in str(error.value)
    assert (server.logins, server.mails) == ([], [])


def test_mail_when_the_server_cannot_encrypt_then_a_password_stays_here_but_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with small_smtp() as server:
        address = f"smtp://us:secret-pw@127.0.0.1:{server.port}"
        send(a_mail(), address)
        assert server.logins == [("us", "secret-pw", False)]
        monkeypatch.setattr(mail_module, "_is_here", lambda _: False)
        with pytest.raises(MailError) as error:
            send(a_mail(), address)
    assert str(error.value) == (
        f"127.0.0.1:{server.port}: the server offers no STARTTLS, so no password was sent to it"
    )
    assert len(server.logins) == len(server.mails) == 1


def test_mail_when_the_recipient_is_refused_or_nobody_is_there_then_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with small_smtp() as server:
        server.refuses = True
        with pytest.raises(MailError) as error:
            send(a_mail(), f"smtp://us:secret-pw@127.0.0.1:{server.port}")
        assert str(error.value) == f"127.0.0.1:{server.port}: the server refuses the recipient"
        server.silent = True
        with pytest.raises(MailError) as error:
            send(a_mail(), f"smtp://us:secret-pw@127.0.0.1:{server.port}")
        assert "closed" in str(error.value)
    with pytest.raises(MailError) as error:
        send(a_mail(), f"smtp://us:secret-pw@127.0.0.1:{server.port}")
    assert str(error.value).endswith("Connection refused")
    monkeypatch.setattr(mail_module, "PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(MailError) as error:
        send(a_mail(), f"smtps://127.0.0.1:{deaf.getsockname()[1]}")
    assert "timed out" in str(error.value)


@pytest.mark.parametrize(("host", "here"), [("localhost", True), ("127.0.0.1", True), ("::1", True),
                                            ("10.0.0.1", False), ("mail.example.org", False)])
def test_this_machine_is_told_from_others(host: str, here: bool) -> None:
    assert mail_module._is_here(host) is here
