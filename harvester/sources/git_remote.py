"""A repository behind the git protocol: its refs, and objects by their ids. dulwich speaks, our client carries.

Every request goes through `harvester.client`, so that the pace, the bounds, the guard of addresses and the place of
the credential are those of every other source. Of protocol version 2 the list of what a server can do is the same for
all its repositories: it is asked for once, and every later repository costs one request for its refs. Protocol:
gitprotocol-http(5), gitprotocol-v2(5); servers that speak only version 0 are read as well, the "dumb" form is not.
Border: what the objects mean is read in `git_objects`.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from dulwich.client import AbstractHttpGitClient, build_ls_refs_request_v2, read_pkt_refs_v2
from dulwich.errors import GitProtocolError, NotGitRepository
from dulwich.protocol import CAPABILITY_FILTER, CAPABILITY_SHALLOW, Protocol, pkt_line
from typing_extensions import override

from harvester.answers import Answer, Credential
from harvester.bounds import MIB
from harvester.client import Client
from harvester.endpoints import origin
from harvester.errors import Refused, UnexpectedAnswer
from harvester.sources.git_pack import GitObject, unpacked

# What may be said of an address instead of a repository: 401 is how forges say that there is none to be seen.
NO_REPOSITORY = frozenset({401, 404, 410, 451})
MOST_PACKED = 16 * MIB
_MOST_REFS = 20_000
_PREFIXES = (b"HEAD", b"refs/heads/", b"refs/tags/")
# What dulwich raises over an answer that is not of the protocol, none of it an error of ours.
_BROKEN = (GitProtocolError, NotGitRepository, AssertionError, ValueError, LookupError, TypeError, OSError, zlib.error)


# It warns of each word of an answer that it does not know; who sends those must not fill our log.
logging.getLogger("dulwich").setLevel(logging.ERROR)


class NoRepository(UnexpectedAnswer):
    """The server shows no repository at this address."""


class NotSpoken(UnexpectedAnswer):
    """The server refuses a question, or its answer is not of the git protocol."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: the object it names, and the commit behind it when that object is a note about it."""

    name: str
    target: str
    commit: str


@dataclass(frozen=True, slots=True)
class Refs:
    """What a repository shows of itself. `head` is None when it is empty; `moved_to` its new address, if for good."""

    head: str | None
    branch: str | None
    branches: dict[str, str]
    tags: tuple[Tag, ...]
    moved_to: str | None = None


@dataclass(slots=True)
class Servers:
    """What the servers of one harvest can do, by origin."""

    capabilities: dict[tuple[str, str, int], set[bytes]] = field(default_factory=dict)


class _Response:
    """What dulwich wants to know of an answer."""

    def __init__(self, answer: Answer) -> None:
        self.content_type = answer.headers.get("content-type", "")
        self.redirect_location = answer.final_url if answer.final_url != answer.url else None

    def close(self) -> None:
        """Nothing is open."""


class _NoHistory:
    """We have nothing: no object of ours need be left out of a pack."""

    shallow: frozenset[bytes] = frozenset()

    def __next__(self) -> None:
        return None

    def ack(self, sha: bytes) -> None:
        """Nobody confirms what we did not say we had."""

    def nak(self) -> None:
        """As `ack`."""


class _Transport(AbstractHttpGitClient):
    """dulwich's client over ours."""

    def __init__(self, client: Client, url: str, credential: Credential | None) -> None:
        super().__init__(url)
        self._client = client
        self._credential = credential
        self.base = url.rstrip("/") + "/"
        self.moved = False
        self.found: tuple[Any, ...] | None = None

    @override
    def _http_request(
        self, url: str, headers: dict[str, str] | None = None, data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Any, Callable[[int], bytes]]:
        sent = {name: value for name, value in (headers or {}).items() if name.lower() != "content-length"}
        content_type = sent.pop("Content-Type", None)
        if data is None:
            answer = self._client.get(
                url, headers=sent, credential=self._credential, conditional=False, answers=NO_REPOSITORY,
                max_bytes=MOST_PACKED,
            )
        else:
            answer = self._client.post(
                url, data if isinstance(data, bytes) else b"".join(data),
                content_type=content_type or "application/octet-stream", headers=sent, credential=self._credential,
                answers=NO_REPOSITORY, max_bytes=MOST_PACKED,
            )
        self._check(answer, url)
        if data is None:
            self.moved = answer.moved
        return _Response(answer), BytesIO(answer.body).read

    def _check(self, answer: Answer, url: str) -> None:
        if answer.status == 401 and self._credential is not None and self._credential.fits(answer.final_url):
            raise Refused("The server does not accept the credential (401).", url=url, status=401)
        if answer.status in NO_REPOSITORY:  # 401 is also what a missing one is answered, to those who are not known
            seen = f"The repository does not exist, or is not public ({answer.status})."
            raise NoRepository(seen, url=url, status=answer.status)
        told = answer.headers.get("content-type", "")
        if answer.status == 200 and told.startswith("application/x-git-upload-pack-"):
            return
        start = answer.body[:200].lstrip().lower()
        what = "an HTML page" if start.startswith(b"<") or "html" in told else "not of the git protocol"
        if answer.status == 200 and "/info/refs" in url and told.startswith("text/plain"):
            what = "that of a server without git's smart protocol"
        raise NotSpoken(f"The answer ({answer.status}) is {what}.", url=url, status=answer.status)

    @override
    def _discover_references(
        self, service: bytes, base_url: str, protocol_version: int | None = None,
        ref_prefix: Sequence[bytes] | None = None,
    ) -> Any:
        if self.found is None:
            self.found = super()._discover_references(service, base_url, protocol_version, ref_prefix)
            self.base = self.found[2]
        return self.found

    def ask(self) -> None:
        """The refs of a server of which nothing is known yet."""
        self._discover_references(b"git-upload-pack", self.base, ref_prefix=_PREFIXES)

    def ask_at_once(self, capabilities: set[bytes]) -> None:
        """The refs of a server of protocol 2 that told what it can do when asked of another repository."""
        self.protocol_version = 2
        command, arguments = build_ls_refs_request_v2(capabilities, None, _PREFIXES)
        body = b"".join([*map(pkt_line, command), b"0001", *map(pkt_line, arguments), b"0000"])
        _, read = self._smart_request("git-upload-pack", self.base, body)
        refs, symrefs, peeled = read_pkt_refs_v2(Protocol(read, _nowhere).read_pkt_seq())
        self.dumb = False
        self.found = (refs, capabilities, self.base, symrefs, peeled)


class GitRemote:
    """One repository at one address."""

    def __init__(self, client: Client, url: str, credential: Credential | None, servers: Servers) -> None:
        self._transport = _Transport(client, url, credential)
        self._url = url
        self._servers = servers

    @property
    def address(self) -> str:
        """Where the repository answered, without a slash at the end."""
        return self._transport.base.rstrip("/")

    @property
    def filters(self) -> bool:
        """Whether the server can leave the files out of a pack, and hand out single ones by their ids."""
        return self._transport.protocol_version == 2 and self._offers(CAPABILITY_FILTER)

    def _offers(self, what: bytes) -> bool:
        capabilities: Iterable[bytes] = self._transport.found[1] if self._transport.found else ()
        if self._transport.protocol_version != 2:
            return what in capabilities
        told = (each.strip() for each in capabilities)
        return any(what in each.removeprefix(b"fetch=").split(b" ") for each in told if each.startswith(b"fetch="))

    def refs(self) -> Refs:
        """What the repository shows.

        Raises:
            NoRepository: there is none, or none that is public.
            NotSpoken: something else answers there.
            HarvestError: it could not be had.
        """
        known = self._servers.capabilities.get(origin(self._url))
        if known is not None:
            try:
                self._transport.ask_at_once(known)
                return self._refs()
            except (NoRepository, NotSpoken, *_BROKEN):
                self._transport.found = None  # moved, gone, or unlike its neighbours: the whole way tells
        try:
            self._transport.ask()
            found = self._refs()
        except _BROKEN as error:
            raise self._not_spoken(error) from error
        if self._transport.protocol_version == 2 and self._transport.found is not None:
            self._servers.capabilities[origin(self._url)] = self._transport.found[1]
        return found

    def _refs(self) -> Refs:
        assert self._transport.found is not None
        shown, _, _, symrefs, peeled = self._transport.found
        if len(shown) > _MOST_REFS:
            seen = f"The repository has {len(shown)} branches and tags; {_MOST_REFS} are taken."
            raise NotSpoken(seen, url=self._url)
        ids = {name: _id(sha) for name, sha in shown.items() if sha is not None}
        behind = {name: _id(sha) for name, sha in peeled.items() if sha is not None}
        branches = {_text(name[11:]): sha for name, sha in sorted(ids.items()) if name.startswith(b"refs/heads/")}
        tags = tuple(
            Tag(_text(name[10:]), sha, behind.get(name, sha))
            for name, sha in sorted(ids.items()) if name.startswith(b"refs/tags/")
        )
        named = _text(symrefs.get(b"HEAD", b"")).removeprefix("refs/heads/")
        branch = named if named in branches else _likely(branches, ids.get(b"HEAD"))
        moved_to = self.address if self._transport.moved else None
        return Refs(branches[branch] if branch else ids.get(b"HEAD"), branch, branches, tags, moved_to)

    def fetch(
        self, wanted: Sequence[str], *, depth: int | None = None, without: str | None = None
    ) -> dict[str, GitObject]:
        """Objects by their ids, with what they need.

        Args:
            wanted: ids of commits, trees or files.
            depth: of the history; all of it for None, if the server knows of no other way.
            without: what the server leaves out, in the words of `git rev-list --filter`.

        Raises:
            TooLarge: the pack is.
            NotSpoken: the server does not give them, or gives something else.
            HarvestError: they could not be had.
        """
        pack = bytearray()
        wants = [each.encode("ascii") for each in wanted]

        def took(piece: bytes) -> int:
            pack.extend(piece)
            return len(piece)

        def determine_wants(_refs: object, depth: int | None = None) -> list[Any]:
            del depth
            return wants

        try:
            self._transport.fetch_pack(
                "", determine_wants, _NoHistory(), took,  # type: ignore[arg-type]
                depth=depth if self._offers(CAPABILITY_SHALLOW) else None,
                filter_spec=without.encode("ascii") if without else None,
            )
        except _BROKEN as error:
            raise self._not_spoken(error) from error
        return unpacked(pack, sha256=len(wanted[0]) == 64)

    def _not_spoken(self, error: BaseException) -> NotSpoken:
        said = " ".join(str(error).split())[:200]
        seen = f"The server says: {said}." if isinstance(error, GitProtocolError) and said else (
            "The answer breaks off, or is not of the git protocol."
        )
        return NotSpoken(seen, url=self._url)


def _likely(branches: dict[str, str], head: str | None) -> str | None:
    """The default branch of a server that does not name it: the one that is where HEAD is, else the usual names."""
    there = [name for name, sha in sorted(branches.items()) if sha == head]
    for name in ("main", "master"):
        if name in there or (head is None and name in branches):
            return name
    if there:
        return there[0]
    return min(branches) if head is None and len(branches) == 1 else None


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _id(sha: bytes) -> str:
    if len(sha) not in (40, 64) or set(sha) - set(b"0123456789abcdef"):
        raise ValueError("a branch or tag has no id")
    return sha.decode("ascii")


def _nowhere(data: bytes) -> int:
    return len(data)
