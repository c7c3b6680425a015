"""What of GitHub is cheaper by GraphQL: the files of many repositories at once, and which repositories have no tags.

A harvest that meets repositories for the first time asks for fifty of them what stands at their root, then for fifty
files at a time; a point of quota each, of a budget of its own, instead of a request for every file. What comes is
kept under the ids of the files, and only if they are theirs (text that is no UTF-8 does not survive GraphQL), so that
the reader finds it in the memory and everything else goes its way: records are the same with GraphQL and without.

GraphQL knows no 304, so nothing is asked here of a repository that was read before. It needs a token and an endpoint on
the API's own server; whatever goes wrong, the files are had one by one. GitHub GraphQL API, "Rate limits and query
limits".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from harvester.answers import Answer, Credential
from harvester.bounds import MIB
from harvester.errors import HarvestError, TooLarge
from harvester.events import Entry
from harvester.sources.github_shapes import FullName, Sha
from harvester.sources.kind import Task
from harvester.sources.repository_files import METADATA, FileStore, is_wanted

# Fewer repositories are read sooner one by one.
WORTH_A_BATCH = 3
BATCH = 50
_MOST_TEXT = 500_000  # of a file: GitHub cuts longer ones
_MOST_TEXTS = 2 * MIB  # of a batch
_MOST_ANSWER = 16 * MIB
_MOST_TROUBLE = 4  # halved or cut answers, before GraphQL is left alone
_TOO_HEAVY = frozenset({502, 504})
_USED_UP = frozenset({"RATE_LIMITED", "RATE_LIMIT"})

_FULL_NAME: TypeAdapter[str] = TypeAdapter(FullName)
_ENTRIES = "{... on Tree{entries{name type oid object{... on Blob{byteSize isBinary}}}}}"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Size(_Shape):
    byte_size: int | None = Field(None, alias="byteSize")
    is_binary: bool | None = Field(None, alias="isBinary")


class _Row(_Shape):
    name: str
    type: str
    oid: Sha
    object: _Size | None = None


class _Folder(_Shape):
    entries: list[_Row] | None = None


class _Count(_Shape):
    total: int = Field(alias="totalCount")


class _Repository(_Shape):
    number: int | None = Field(None, alias="databaseId")
    is_private: bool = Field(True, alias="isPrivate")
    refs: _Count | None = None
    root: _Folder | None = None
    docker: _Folder | None = None


class _File(_Shape):
    oid: Sha | None = None
    text: str | None = None
    is_truncated: bool | None = Field(None, alias="isTruncated")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file to ask for: of which repository, its id and size."""

    full_name: str
    oid: str
    size: int


@dataclass(slots=True)
class Batches:
    """The batches of one harvest.

    Args:
        task: of the harvest.
        files: what comes is kept in.
        host: of the repositories; entries on others are passed over.
        only_modules: repositories without metadata are not read, so neither are their files.
    """

    task: Task
    files: FileStore
    host: str
    only_modules: bool
    _waiting: dict[str, Entry] = field(default_factory=dict)
    _without_tags: set[int] = field(default_factory=set)
    _trouble: int = 0

    def expect(self, entries: Sequence[Entry]) -> None:
        """Note what is listed; of this, what was never met is asked for in batches when the first of it is read."""
        credential = self._credential()
        if credential is None or not credential.fits(self.task.endpoints.graphql):
            return
        new = {each.key: each for each in entries if self.task.memory.entry(self.task.source, each.key) is None}
        self._waiting = new if len(new) >= WORTH_A_BATCH else {}

    def has_no_tags(self, number: int) -> bool:
        """Whether a batch saw that the repository of this id has no tags."""
        return number in self._without_tags

    def prepare(self, entry: Entry) -> None:
        """Have the files of this entry and of those after it, unless they were had. Raises nothing."""
        if entry.key not in self._waiting:
            return
        window: list[Entry] = []
        for each in list(self._waiting.values()):
            if (window or each.key == entry.key) and len(window) < BATCH:
                window.append(self._waiting.pop(each.key))
        names = [name for each in window if (name := self._name_of(each)) is not None]
        wanted: dict[str, _Wanted] = {}
        for name, found in self._repositories(names, {self._name_of(each): each.listing.branch for each in window}):
            wanted |= {each.oid: each for each in self._of(name, found)}
        for batch in _batches(wanted.values()):
            self._have(batch)

    def _of(self, name: str, found: _Repository) -> Iterator[_Wanted]:
        if found.is_private:
            return
        if found.number is not None and found.refs is not None and found.refs.total == 0:
            self._without_tags.add(found.number)
        rows = {row.name: row for row in (found.root.entries if found.root else None) or ()}
        if self.only_modules and not any(METADATA.fullmatch(path) for path in rows):
            return
        below = (found.docker.entries if found.docker else None) or ()
        rows |= {f"docker/{row.name}": row for row in below}
        for path, row in sorted(rows.items()):
            told = row.object or _Size(byteSize=None, isBinary=None)
            if (
                row.type == "blob" and is_wanted(path) and not told.is_binary
                and 0 <= (told.byte_size or 0) <= _MOST_TEXT and self.task.memory.blob(row.oid) is None
            ):
                yield _Wanted(name, row.oid, told.byte_size or 0)

    def _name_of(self, entry: Entry) -> str | None:
        """Owner and name, when they are such as GitHub has."""
        host, _, name = entry.key.partition("/")
        try:
            return _FULL_NAME.validate_python(name) if host == self.host else None
        except ValidationError:
            return None

    # Questions ------------------------------------------------------------------------------------------------------

    def _repositories(
        self, names: Sequence[str], branches: Mapping[str | None, str | None]
    ) -> Iterator[tuple[str, _Repository]]:
        """What stands in repositories, as far as they answer."""
        parts = []
        for at, name in enumerate(names):
            branch = branches.get(name) or "HEAD"
            parts.append(
                f"r{at}:{_repository(name)}{{databaseId isPrivate refs(refPrefix:\"refs/tags/\",first:1){{totalCount}}"
                f"root:object(expression:{_text(f'{branch}:')}){_ENTRIES}"
                f"docker:object(expression:{_text(f'{branch}:docker')}){_ENTRIES}}}"
            )
        data = self._ask(parts)
        if data is None and len(names) > 1 and self._may_go_on():
            middle = len(names) // 2
            yield from self._repositories(names[:middle], branches)
            yield from self._repositories(names[middle:], branches)
            return
        for at, name in enumerate(names):
            found = _read(_Repository, (data or {}).get(f"r{at}"))
            if found is not None:
                yield name, found

    def _have(self, wanted: Sequence[_Wanted]) -> None:
        """Keep files, as far as they come as they are."""
        by_name: dict[str, list[_Wanted]] = {}
        for each in wanted:
            by_name.setdefault(each.full_name, []).append(each)
        parts = []
        for at, (name, files) in enumerate(by_name.items()):
            objects = "".join(
                f"o{number}:object(oid:{_text(each.oid)}){{... on Blob{{oid text isTruncated}}}}"
                for number, each in enumerate(files)
            )
            parts.append(f"r{at}:{_repository(name)}{{{objects}}}")
        data = self._ask(parts)
        if data is None and len(wanted) > 1 and self._may_go_on():
            middle = len(wanted) // 2
            self._have(wanted[:middle])
            self._have(wanted[middle:])
            return
        for repository in (data or {}).values():
            for answer in repository.values() if isinstance(repository, dict) else ():
                found = _read(_File, answer)
                if found is not None and found.oid and found.text is not None and found.is_truncated is not True:
                    self.files.keep_true(found.oid, found.text.encode("utf-8", "surrogatepass"))

    def _may_go_on(self) -> bool:
        return self._trouble < _MOST_TROUBLE

    def _ask(self, parts: Sequence[str]) -> dict[str, Any] | None:
        """The data of a question; None when it was too much for one. Nothing is asked any more after other trouble."""
        if not parts or not self._may_go_on():
            return {}
        question = orjson.dumps({"query": f"query{{{' '.join(parts)}}}"})
        try:
            answer = self.task.client.post(
                self.task.endpoints.graphql, question, credential=self._credential(), answers=_TOO_HEAVY,
                max_bytes=_MOST_ANSWER,
            )
        except TooLarge:
            answer = None
        except HarvestError:
            self._trouble = _MOST_TROUBLE
            return {}
        if answer is None or answer.status in _TOO_HEAVY:
            self._trouble += 1
            return None
        return self._data(answer)

    def _data(self, answer: Answer) -> dict[str, Any] | None:
        try:
            told = orjson.loads(answer.body) if answer.status == 200 else None
        except orjson.JSONDecodeError:
            told = None
        errors = told.get("errors") if isinstance(told, dict) else None
        kinds = {each.get("type") for each in errors if isinstance(each, dict)} if isinstance(errors, list) else set()
        if not isinstance(told, dict) or kinds & _USED_UP:
            self._trouble = _MOST_TROUBLE
            return {}
        data = told.get("data")
        if not isinstance(data, dict):
            self._trouble += 1
            return None
        return data

    def _credential(self) -> Credential | None:
        return Credential(self.task.token, self.task.endpoints.github) if self.task.token else None


def _repository(full_name: str) -> str:
    owner, _, name = full_name.partition("/")
    return f"repository(owner:{_text(owner)},name:{_text(name)})"


def _text(value: str) -> str:
    """A text as GraphQL writes it, which is as JSON does."""
    return orjson.dumps(value).decode()


def _read(shape: type[Any], value: object) -> Any:
    try:
        return shape.model_validate(value)
    except ValidationError:
        return None


def _batches(wanted: Iterable[_Wanted]) -> Iterator[list[_Wanted]]:
    """Files in batches of a bounded number and size."""
    batch: list[_Wanted] = []
    size = 0
    for each in wanted:
        if batch and (len(batch) >= BATCH or size + each.size > _MOST_TEXTS):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += each.size
    if batch:
        yield batch
