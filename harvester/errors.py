# ruff: noqa: N818 - they are named by what happened; `except TooLarge` needs no "Error" to be understood.
"""What can go wrong while gathering; every one ends as a `Problem` of one entry or one listing, never as a traceback.

    HarvestError
    ├── Parked               a limit was reached that is longer than we wait; carries `until`
    ├── Unreachable          no answer: name, connection, reset, cut off
    │   └── TimedOut         no answer, or not all of it, in the time allowed
    ├── ForbiddenAddress     the address is not one a public name may have
    ├── TooManyRedirects     a loop, or more hops than allowed
    ├── TooLarge             more bytes than allowed, as sent or when unpacked
    ├── Refused              401, 403: asking again would not help
    ├── ServerTrouble        5xx after all tries
    ├── UnexpectedAnswer     an answer that is not what the API promises
    │   └── ProtocolAnswer   an error in the words of the protocol (OAI-PMH); carries `code`
    ├── BrokenRecord         one record of a good list that cannot be read, whoever asks for it
    ├── EmptyRepository      a repository in which there is nothing that could be a module
    ├── NoModule             a repository that an organisation has beside its modules
    ├── ElsewhereRepository  a listed repository on another server than the source reads
    ├── ListingUnusable      a listing that must not be believed: empty, cut, an error page
    └── WrongSettings        a setting or file of ours; one line that says which key

Border: texts say what was seen and what would mend it; they never hold a credential (`masked`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from typing_extensions import override

from harvester.events import Problem

_SECRET_PARAMETER = re.compile(r"(?i)((?:^|&)(?:access_token|token|api_?key|key|secret|signature|sig)=)[^&]*")


def masked(url: str) -> str:
    """An address without what opens doors: user, password, and the values of parameters that hold secrets."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(an address that cannot be read)"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, _SECRET_PARAMETER.sub(r"\1***", parts.query), ""))


def iso(moment: datetime) -> str:
    """A moment as ISO text in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class HarvestError(Exception):
    """The root: what was seen, what would mend it, and where."""

    kind: ClassVar[str] = "failed"
    default_mend: ClassVar[str] = "Nothing: it is tried again at the next run."

    def __init__(
        self, seen: str, *, mend: str | None = None, url: str | None = None, status: int | None = None
    ) -> None:
        self.seen = seen
        self.mend = mend or self.default_mend
        self.url = masked(url) if url else None
        self.status = status
        self.stage: str | None = None
        super().__init__(f"{seen} {self.mend}")

    def problem(self, stage: str) -> Problem:
        """The value that goes into an event; the innermost stage that is known wins."""
        return Problem(self.kind, self.seen, self.mend, self.stage or stage, self.url, self.status)


class Parked(HarvestError):
    """A limit whose end is further away than we wait: the source rests until then."""

    kind = "parked"

    def __init__(self, seen: str, until: datetime, *, url: str | None = None, status: int | None = None) -> None:
        self.until = until
        mend = f"Nothing: the source goes on after {iso(until)}. A token gives a larger quota."
        super().__init__(seen, mend=mend, url=url, status=status)

    @override
    def problem(self, stage: str) -> Problem:
        """As for every error, with the moment at which it may go on."""
        plain = super().problem(stage)
        return Problem(plain.kind, plain.message, plain.mend, plain.stage, plain.url, plain.status, iso(self.until))


class Unreachable(HarvestError):
    """No answer came."""

    kind = "unreachable"


class TimedOut(Unreachable):
    """No whole answer came in time."""

    kind = "timeout"


class ForbiddenAddress(HarvestError):
    """A public name that leads to a private address, or an address that is none of the web."""

    kind = "forbidden-address"
    default_mend = "Use a public address; a private one is allowed when it is named in the endpoints file."


class TooManyRedirects(HarvestError):
    """A chain of redirects without an end."""

    kind = "redirects"


class TooLarge(HarvestError):
    """More bytes than anything honest has."""

    kind = "too-large"
    default_mend = "Make the file smaller; nothing of it was kept."


class Refused(HarvestError):
    """The source does not let us; asking again would not help."""

    kind = "refused"
    default_mend = "Check the credential of this source and what it may read."


class ServerTrouble(HarvestError):
    """The source fails, again and again."""

    kind = "server-error"


class UnexpectedAnswer(HarvestError):
    """The answer is not of the form that the API promises."""

    kind = "unexpected-answer"


class ProtocolAnswer(UnexpectedAnswer):
    """The server says no in the words of its protocol."""

    kind = "protocol"

    def __init__(self, code: str, seen: str, *, url: str | None = None, status: int | None = None) -> None:
        self.code = code
        super().__init__(seen, url=url, status=status)


class BrokenRecord(HarvestError):
    """One record of a good list that cannot be read, whoever asks for it."""

    kind = "broken-record"
    default_mend = "Mend the record at the repository that serves it; it is read again when it changes."


class EmptyRepository(HarvestError):
    """A repository in which there is nothing that could be a module."""

    kind = "empty-repository"
    default_mend = "Push a commit with an `ai4-metadata.yml` at the root, or take the repository out of the list."


class NoModule(HarvestError):
    """A repository that nobody listed as a module, and that is none."""

    kind = "no-module"
    default_mend = "Nothing, if it is no module; else push an `ai4-metadata.yml` to its root."


class ElsewhereRepository(HarvestError):
    """A listed repository that stands on another server than the one this source reads."""

    kind = "other-server"
    default_mend = "Add a source for that server, or take the repository out of the list."


class ListingUnusable(HarvestError):
    """A listing that must not be believed; nothing is withdrawn because of it."""

    kind = "listing"
    default_mend = "Check the catalogue's file; nothing was withdrawn."


class WrongSettings(HarvestError):
    """A setting of ours that cannot be used."""

    kind = "settings"
    default_mend = "Correct the setting."


@contextmanager
def at(stage: str) -> Iterator[None]:
    """Write the stage on an error that passes through; the innermost one stays."""
    try:
        yield
    except HarvestError as error:
        error.stage = error.stage or stage
        raise
