"""Telling somebody that a source fails and that it is well again: by mail, and as JSON to a web address.

A source's own `notify` says who is told: `mail:address` and `https://…`, or `nobody`; without it the administrator's
address by mail and the address of the settings, as far as they are set. A channel that fails is logged and tried again
with the next run of the source; it never breaks a run. Border: whether there is anything to say is `registry.alarms`.
"""

from __future__ import annotations

import dataclasses
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import orjson
import structlog
from sqlalchemy.exc import SQLAlchemyError
from typing_extensions import override

from harvester.addresses import open_session
from harvester.client import Client
from harvester.errors import HarvestError
from harvester.stopping import Stop
from registry import alarms
from registry.alarms import FAILURE, Message
from registry.mail import MailError, compose, send
from registry.memory import DatabaseMemory, OverlayMemory
from registry.services import Services
from registry.settings import Settings
from registry.source_files import MAIL, NOBODY, Source

# The address of the settings stands for itself, so that what it holds is in no row of a source.
OF_SETTINGS = "notify_url"
_LOG = structlog.get_logger(__name__)


def channels_of(source: Source, settings: Settings) -> list[str]:
    """By which channels somebody is told of this source, each once."""
    if source.notify is not None:
        return [each for each in dict.fromkeys(source.notify) if each != NOBODY]
    ours = [f"{MAIL}{settings.admin_email}"] if settings.smtp_url.get_secret_value() else []
    return [*ours, OF_SETTINGS] if settings.notify_url.get_secret_value() else ours


class telling(AbstractContextManager[None]):  # noqa: N801 - read as what it does: `with telling(…)`
    """Tell what there is to say when the run in the block is over, also when it failed; not when it was stopped."""

    def __init__(self, services: Services, name: str, stop: Stop) -> None:
        self._parts = services, name, stop

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        services, name, stop = self._parts
        if not stop.is_set() and (kind is None or issubclass(kind, Exception)):
            tell(services, name)


def tell(services: Services, name: str) -> None:
    """Send what waits to be said about a source; each message by one process. Never raises for a channel's sake."""
    try:
        with services.database.read() as connection:
            if not alarms.alarm_of(connection, name).outbox:
                return
        with services.database.write() as connection:
            messages = alarms.take_messages(connection, name, services.clock.now())
        for message in messages:
            problem = _try(services, message)
            with services.database.write() as connection:
                given_up = alarms.settle_message(connection, message, sent=problem is None)
            if problem is not None:
                end = "it is given up" if given_up else "it is tried again with the next run"
                _LOG.warning("a message was not sent", source=name, channel=_shown(message.channel),
                             problem=problem, then=end)
    except SQLAlchemyError as error:
        _LOG.error("nobody could be told of a source", source=name, problem=type(error).__name__)


def subject_of(message: Message, settings: Settings) -> str:
    """One line: which registry, which source, what."""
    said = _WHAT[message.status] if message.kind == FAILURE else "{} is well again"
    return f"{settings.repository_name}: {said.format(message.source)}"


def text_of(message: Message, settings: Settings) -> str:
    """The message for people."""
    since = f"{message.since[:10]} {message.since[11:16]} UTC"
    if message.kind != FAILURE:
        lines = [f"The source {message.source} is well again. It had not been since {since}."]
    else:
        lines = [f"{_WHAT[message.status].format(f'The source {message.source}')}, since {since}."]
        problem = message.problem or {}
        lines += ["", *(str(problem[name]) for name in ("message", "mend") if problem.get(name))]
        if problem.get("url"):
            lines.append(str(problem["url"]))
        lines += ["", "There is no further message before it is well again."]
    return "\n".join([*lines, "", f"Run {message.run}: {run_page(message, settings)}", ""])


def as_json(message: Message, settings: Settings) -> dict[str, Any]:
    """The message for programs; `text` is what chats show."""
    form = {
        "event": message.kind, "registry": settings.repository_name, "source": message.source, "run": message.run,
        "status": message.status, "since": message.since, "problem": message.problem,
        "url": run_page(message, settings), "text": f"{subject_of(message, settings)} {run_page(message, settings)}",
    }
    return {name: value for name, value in form.items() if value is not None}


def run_page(message: Message, settings: Settings) -> str:
    """Where the run is shown."""
    return f"{settings.base_url}/admin/runs/{message.run}"


_WHAT = {
    "failed": "{} fails", "held": "{} waits for a yes: it would take out many modules",
    "partial": "{} was read only in part, again and again",
}


def _try(services: Services, message: Message) -> str | None:
    """Send one message; returns why it could not be."""
    settings = services.settings
    try:
        if message.channel.startswith(MAIL):
            server = settings.smtp_url.get_secret_value()
            if not server:
                return "no mail server is set (MODREG_SMTP_URL)"
            _mail(services, message, server)
            return None
        private = message.channel == OF_SETTINGS
        return _post(services, message, settings.notify_url.get_secret_value() if private else message.channel,
                     may_be_private=private)
    except (MailError, HarvestError) as error:
        return str(error)


def _mail(services: Services, message: Message, server: str) -> None:
    settings = services.settings
    domain = urlsplit(settings.base_url).hostname or settings.repository_id
    mail = compose(
        sender=settings.mail_from or settings.admin_email, to=message.channel.removeprefix(MAIL),
        subject=subject_of(message, settings), text=text_of(message, settings), at=services.clock.now(), domain=domain,
        about=f"{message.source}.{message.since.replace(':', '')}",
    )
    send(mail, server)


def _post(services: Services, message: Message, url: str, *, may_be_private: bool) -> str | None:
    if not url:
        return "no address is set (MODREG_NOTIFY_URL)"
    settings, endpoints = services.settings, services.settings.endpoints
    # What the operator set may be in the house; what a source names must be public, as all addresses from outside.
    with open_session(endpoints, services.limits.total_s, private=url if may_be_private else None) as session:
        limits = dataclasses.replace(services.limits, tries=1, wait_cap_s=0)
        memory = OverlayMemory(DatabaseMemory(services.database))
        client = Client(session, memory, endpoints, services.clock, contact=settings.admin_email, limits=limits)
        answer = client.post(url, orjson.dumps(as_json(message, settings)))
    return None if answer.status < 300 else f"it answers {answer.status}"


def _shown(channel: str) -> str:
    """A channel without what opens doors: of a web address the host alone."""
    return channel if not channel.startswith(("http:", "https:")) else urlsplit(channel).hostname or ""
