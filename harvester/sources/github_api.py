"""The calls of GitHub's REST API that a harvest needs, typed; each answer is checked before it is remembered.

Works against api.github.com, an enterprise server (`https://HOST/api/v3`) or a stand-in. Border: one call, one
answer; what to ask, and what follows from it, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

import orjson
from pydantic import TypeAdapter, ValidationError

from harvester.answers import Answer, Credential
from harvester.errors import HarvestError, Parked, UnexpectedAnswer
from harvester.sources.github_shapes import Blob, Commit, Named, Repository, ToldCommit, Tree, TreeRow
from harvester.sources.kind import Task

T = TypeVar("T")
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
# What may be said of an address instead of a value: gone, empty, withdrawn, no such branch, blocked.
NO_VALUE = frozenset({404, 409, 410, 422, 451})

_REPOSITORY = TypeAdapter(Repository)
_OBJECTS = TypeAdapter(list[dict[str, object]])
_COMMITS = TypeAdapter(list[Commit])
_TOLD = TypeAdapter(list[ToldCommit])
# The list of a catalogue that is older than a thousand changes has its renames behind it.
_MOST_PAGES_TOLD = 10
_TREE = TypeAdapter(Tree)
_BLOB = TypeAdapter(Blob)
_NAMED = TypeAdapter(list[Named])


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """An answer that was checked. `value` is None when the status says that there is none."""

    value: T | None
    status: int
    body: bytes
    url: str
    links: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What GitHub says of a repository: the checked part, and the JSON it is of.

    An element of an owner's list is not `whole`: of what a fork was forked is told only where it stands alone.
    """

    repository: Repository
    body: bytes
    url: str
    whole: bool = True


class GithubApi:
    """GitHub, as one source with one credential sees it."""

    def __init__(self, task: Task) -> None:
        self._client = task.client
        self._base = task.endpoints.github
        self._credential = Credential(task.token, self._base) if task.token else None

    @property
    def token(self) -> str:
        """The fingerprint under which answers are remembered."""
        return self._credential.fingerprint if self._credential else ""

    def repository_url(self, full_name: str) -> str:
        """The API's address of a repository."""
        owner, _, name = full_name.partition("/")
        return f"{self._base}/repos/{quote(owner, safe='')}/{quote(name, safe='')}"

    def owner_url(self, owner: str, kind: str) -> str:
        """The address of an owner's list; `kind` is `orgs` or `users`."""
        return f"{self._base}/{kind}/{quote(owner, safe='')}/repos?per_page=100"

    def commits_url(self, full_name: str, branch: str) -> str:
        """The address of a branch's newest hundred commits."""
        return f"{self.repository_url(full_name)}/commits?sha={quote(branch, safe='')}&per_page=100"

    def repository(self, full_name: str) -> Received[RepositoryFacts]:
        """`GET /repos/{owner}/{name}`; renames are followed."""
        found = self._ask(self.repository_url(full_name), _REPOSITORY)
        facts = RepositoryFacts(found.value, found.body, found.url) if found.value is not None else None
        return Received(facts, found.status, found.body, found.url, found.links)

    def owner_page(self, url: str) -> Received[list[RepositoryFacts]]:
        """One page of an owner's list. An element that is not as promised is left out: it is asked for by itself."""
        found = self._ask(url, _OBJECTS)
        rows: list[RepositoryFacts] = []
        for element in found.value or []:
            try:
                repository = _REPOSITORY.validate_python(element)
            except ValidationError:
                continue
            url = self.repository_url(repository.full_name)
            rows.append(RepositoryFacts(repository, orjson.dumps(element), url, whole=False))
        return Received(rows if found.value is not None else None, found.status, found.body, found.url, found.links)

    def commits(self, full_name: str, branch: str) -> Received[list[Commit]]:
        """The newest hundred commits of a branch."""
        return self._ask(self.commits_url(full_name, branch), _COMMITS)

    def told(self, full_name: str, branch: str, path: str) -> list[tuple[str, str]]:
        """Id and message of the commits of a file, newest first, a thousand at most.

        A page that cannot be had is that of the last time: what a trouble of the server withholds is not taken back.

        Raises:
            Parked: a limit was reached.
        """
        told: list[tuple[str, str]] = []
        following: str | None = f"{self.commits_url(full_name, branch)}&path={quote(path, safe='')}"
        for _ in range(_MOST_PAGES_TOLD):
            if following is None:
                break
            url = following
            try:
                page = self._ask(url, _TOLD)
                found, links = page.value, page.links
            except Parked:
                raise
            except HarvestError:
                found, links = None, {}
            if found is None and (kept := self._client.kept(url, self._credential)) is not None:
                found, links = _checked(kept, _TOLD), kept.links
            following = links.get("next")
            told += [(each.sha, each.commit.message) for each in found or ()]
        return told

    def tree(self, full_name: str, ref: str, *, recursive: bool) -> Received[Tree]:
        """A tree by its id (which is then asked for only once in a life) or by a branch's name."""
        url = f"{self.repository_url(full_name)}/git/trees/{quote(ref, safe='')}"
        is_id = len(ref) >= 40 and not set(ref) - set("0123456789abcdef")
        found = self._ask(f"{url}?recursive=1" if recursive else url, _TREE, settled=is_id)
        if is_id and found.value is not None and found.value.sha != ref:
            raise UnexpectedAnswer("The answer is another tree than the one asked for.", url=url, status=found.status)
        return found

    def blob(self, full_name: str, sha: str) -> Received[bytes]:
        """The bytes of a file by its id. Not remembered by address: whoever keeps the bytes keeps them by the id."""
        url = f"{self.repository_url(full_name)}/git/blobs/{sha}"
        found = self._ask(url, _BLOB, remembered=False)
        body = found.value.content_bytes() if found.value is not None else None
        if found.value is not None and (body is None or found.value.sha != sha):
            seen = "The file came incomplete, or is another one than the one asked for."
            raise UnexpectedAnswer(seen, url=url, status=found.status)
        return Received(body, found.status, found.body, found.url, found.links)

    def names(self, full_name: str, what: str) -> Received[list[Named]]:
        """The newest hundred `tags` or `releases`."""
        return self._ask(names_url(self.repository_url(full_name), what), _NAMED)

    def is_alive(self) -> bool:
        """Whether the server answers; this address costs no quota."""
        return self._client.get(f"{self._base}/rate_limit", headers=HEADERS, credential=self._credential).status > 0

    def _ask(
        self, url: str, shape: TypeAdapter[T], *, settled: bool = False, remembered: bool = True
    ) -> Received[T]:
        kept = self._client.kept(url, self._credential) if settled else None
        answer = kept or self._get(url, conditional=remembered)
        if answer.status in NO_VALUE:
            return Received(None, answer.status, answer.body, answer.final_url, answer.links)
        value = _checked(answer, shape)
        if value is None and answer.not_modified:  # kept by an older version, or damaged: have it anew
            answer = self._get(url, conditional=False)
            value = _checked(answer, shape)
        if value is None:
            seen = f"The answer ({answer.status}) is {_looks_like(answer)}, not what GitHub's API promises."
            raise UnexpectedAnswer(seen, url=url, status=answer.status)
        if remembered:
            self._client.keep(answer, self._credential)
        return Received(value, answer.status, answer.body, answer.final_url, answer.links)

    def _get(self, url: str, *, conditional: bool) -> Answer:
        return self._client.get(url, headers=HEADERS, credential=self._credential, conditional=conditional)


def names_url(repository_url: str, what: str) -> str:
    """The address of the newest hundred `tags` or `releases` of a repository."""
    return f"{repository_url}/{what}?per_page=100"


def files_of(
    api: GithubApi, full_name: str, rows: Sequence[TreeRow]
) -> Iterator[tuple[TreeRow, bytes | None]]:
    """The bytes of files, one by one; the `Supply` of a repository."""
    for row in rows:
        body = api.blob(full_name, row.sha).value
        if body is None:
            raise UnexpectedAnswer(f"{row.path} stands in the tree, but its content is not there.")
        yield row, body


def _checked(answer: Answer, shape: TypeAdapter[T]) -> T | None:
    if answer.status != 200:
        return None
    try:
        return shape.validate_json(answer.body)
    except ValidationError:
        return None



def _looks_like(answer: Answer) -> str:
    start = answer.body[:200].lstrip().lower()
    if not start:
        return "empty"
    if start.startswith(b"<"):
        return "an HTML page"
    return "broken or of another form"
