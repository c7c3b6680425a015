"""One repository by git alone: its refs, and, when they moved, its newest commits, its tree and the wanted files.

The refs answer whether anything moved, in one request. Then one pack with the commits and trees but without files, and
one with the files that are not known by their ids already. A server that cannot leave the files out sends the newest
state whole, as far as it is not too large. Not known by git: topics, stars, whether a repository is archived.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import orjson

from harvester.answers import Credential
from harvester.errors import EmptyRepository, NoModule, TooLarge, UnexpectedAnswer, at
from harvester.events import Entry, Fetched, Gone, Unchanged
from harvester.sources.git_forges import clone_address, file_page, repository_at, tag_page, web_address
from harvester.sources.git_objects import commits_document, history, refs_document, rows_of, tree_of
from harvester.sources.git_pack import GitObject
from harvester.sources.git_remote import GitRemote, NoRepository, NotSpoken, Refs, Servers
from harvester.sources.github_shapes import Tree, TreeRow
from harvester.sources.kind import Task
from harvester.sources.refusals import Refusals
from harvester.sources.repository_files import FileStore, Place, has_metadata
from harvester.sources.repository_findings import of_branch, of_name, of_tree
from vocab.record import Document, Finding

# Part of every fingerprint: raise it when other documents are wanted, so that every repository is read anew.
RULES = 1
MOST_COMMITS = 100
_NO_FILES = "blob:none"


@dataclass(frozen=True, slots=True)
class Contents:
    """What was fetched of a repository: the objects, and whether files are left out of them."""

    remote: GitRemote
    objects: Mapping[str, GitObject]
    partial: bool

    def files(self, rows: Sequence[TreeRow]) -> Iterator[tuple[TreeRow, bytes | None]]:
        """The bytes of files; the `Supply` of a repository. What is too large in one pack is asked for in two."""
        there = [row for row in rows if row.sha in self.objects]
        for row in there:
            yield row, self.objects[row.sha].body
        missing = [row for row in rows if row.sha not in self.objects]
        if not missing:
            return
        if not self.partial:
            raise UnexpectedAnswer(f"{missing[0].path} stands in the tree, but its content is not there.")
        yield from self._fetched(missing)

    def _fetched(self, rows: Sequence[TreeRow]) -> Iterator[tuple[TreeRow, bytes | None]]:
        try:
            found = self.remote.fetch([row.sha for row in rows])
        except TooLarge:
            if len(rows) == 1:
                yield rows[0], None
                return
            middle = len(rows) // 2
            yield from self._fetched(rows[:middle])
            yield from self._fetched(rows[middle:])
            return
        for row in rows:
            file = found.get(row.sha)
            if file is None or file.kind != b"blob":
                raise UnexpectedAnswer(f"{row.path} stands in the tree, but its content is not there.")
            yield row, file.body


def contents_of(remote: GitRemote, commit: str, depth: int) -> Contents:
    """The commits and trees of a branch, as far back as they fit, without files where the server can do that.

    Raises:
        TooLarge: even the newest state is.
        HarvestError: it could not be had.
    """
    if remote.filters:
        for deep in (depth, 1):
            try:
                objects = remote.fetch([commit], depth=deep, without=_NO_FILES)
            except TooLarge:
                if deep == 1:
                    raise
            except NotSpoken:
                break  # it cannot, whatever it says
            else:
                return Contents(remote, objects, partial=True)
    return Contents(remote, remote.fetch([commit], depth=1), partial=False)


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of a repository at this moment."""

    refs: Refs
    branch: str | None
    commit: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What the API of a forge says of a repository beside git.

    `address` is where it is cloned from today; `facts` stand for whatever of it a module is made of; `documents` are
    asked for when the repository is read anew, at a commit; `forge` is what the server runs, when its name hides it.
    """

    address: str
    facts: str
    counters: dict[str, int]
    documents: Callable[[str], Sequence[Document]]
    forge: str


class GitRepositoryReader:
    """Reads the repositories of one source.

    Args:
        task: of the harvest.
        files: where the files are kept.
        credential: for the servers it fits.
        strangers: where it is remembered which repositories hold no metadata, for a source of which nobody said that
            each of its repositories is a module; None for one whose list says so.
    """

    def __init__(
        self, task: Task, files: FileStore, credential: Credential | None, strangers: Refusals | None = None
    ) -> None:
        self._task = task
        self._files = files
        self._credential = credential
        self._servers = Servers()
        self._strangers = strangers

    def remote(self, address: str) -> GitRemote:
        """A repository by its address."""
        return GitRemote(self._task.client, address, self._credential, self._servers)

    def read(self, entry: Entry, told: Told | None = None) -> Fetched | Unchanged | Gone:
        """What became of one entry. Raises `HarvestError`."""
        with at("refs"):
            found = self._find(entry, told)
        if isinstance(found, Gone):
            return found
        remote, refs = found
        web = web_address(refs.moved_to or remote.address)
        now = repository_at(web) if refs.moved_to or told else None
        key = now.key if now is not None else self._key_of(entry, remote)
        read = self._what_to_read(entry, refs)
        print_now = fingerprint(refs, read.branch, read.commit, entry.listing.branch, key, told.facts if told else None)
        known = self._task.memory.entry(self._task.source, entry.key)
        if known is not None and known.fingerprint == print_now and not self._task.full:
            self._task.client.avoided(2)  # the pack of its commits and that of its files
            return Unchanged(entry, key, told.counters if told else {})
        if self._strangers is not None and self._strangers.stands(f"{web}#metadata", print_now.encode()):
            self._task.client.avoided()
            raise NoModule("The repository holds no metadata file, so it is no module.", url=web)
        fetched = self._fetch(entry, remote, read, key, web, print_now, told.forge if told else None)
        if told is None:
            return fetched
        with at("facts"):
            documents = (*told.documents(read.commit), *fetched.documents)
        return replace(fetched, documents=documents, counters=told.counters)

    def _find(self, entry: Entry, told: Told | None) -> tuple[GitRemote, Refs] | Gone:
        """The repository where its forge says, or under the name it was found by last time, or under its listed one."""
        listed = clone_address(entry.listing.url) or entry.url
        known = self._task.memory.entry(self._task.source, entry.key)
        later = None
        if known is not None and known.key != entry.key:
            suffix = ".git" if listed.endswith(".git") else ""
            later = clone_address(f"{listed.partition('://')[0]}://{known.key}{suffix}")
        gone = None
        for address in (told.address,) if told else filter(None, (later, listed)):
            remote = self.remote(address)
            try:
                return remote, remote.refs()
            except NoRepository as trouble:
                gone = trouble
        assert gone is not None
        return Gone(entry, gone.seen, gone.status or 404)

    def _key_of(self, entry: Entry, remote: GitRemote) -> str:
        """The key of the address that answered: the listed one, or the one it was found by last time."""
        known = self._task.memory.entry(self._task.source, entry.key)
        address = repository_at(web_address(remote.address))
        return known.key if known is not None and address is not None and address.key == known.key else entry.key

    def _what_to_read(self, entry: Entry, refs: Refs) -> _Read:
        declared = entry.listing.branch
        if declared in refs.branches:
            return _Read(refs, declared, refs.branches[declared], ())
        if refs.head is None:
            raise EmptyRepository("The repository is empty.", url=entry.url)
        told = (of_branch(entry, refs.branch or "HEAD", self._task.source),) if declared else ()
        return _Read(refs, refs.branch, refs.head, told)

    def _fetch(
        self, entry: Entry, remote: GitRemote, read: _Read, key: str, web: str, print_now: str, forge: str | None
    ) -> Fetched:
        with at("commits"):
            contents = contents_of(remote, read.commit, MOST_COMMITS)
            changes = history(read.commit, contents.objects, MOST_COMMITS)
        with at("tree"):
            tree = _tree(changes[0].tree, contents.objects)
        if self._strangers is not None and not has_metadata(tree):
            self._strangers.keep(f"{web}#metadata", print_now.encode(), 404)
            raise NoModule("The repository holds no metadata file, so it is no module.", url=web)
        with at("files"):
            place = Place(self._task.source, key, read.commit, file_page(web, read.commit, forge))
            files, findings = self._files.documents(tree, place, contents.files)
        refs = refs_document(read.refs, read.commit, read.branch, changes, partial(tag_page, web, forge=forge))
        documents = (
            self._document("api:git-refs", refs, web, read.commit),
            self._document("api:git-commits", commits_document(changes), web, read.commit),
            *files,
        )
        told = (
            *read.findings, *of_name(entry, key, web, self._task.source), *findings,
            *of_tree(tree, key, self._task.source),
        )
        previous = (entry.key,) if entry.key != key else ()
        return Fetched(entry, key, web, read.commit, documents, print_now, previous, {}, told)

    def _document(self, path: str, body: bytes, url: str, commit: str) -> Document:
        return Document(path, body, self._task.memory.keep_payload(body), url, commit)


def _tree(sha: str, objects: Mapping[str, GitObject]) -> Tree:
    """All files; of a repository with too many those at its root and in `docker/`."""
    tree = tree_of(sha, objects)
    if not tree.truncated:
        return tree
    rows = rows_of(sha, objects)
    docker = next((row.sha for row in rows if row.path == "docker" and row.type == "tree"), None)
    below = rows_of(docker, objects, "docker/") if docker is not None else []
    return Tree(sha=sha, tree=[*rows, *below], truncated=True)


def fingerprint(
    refs: Refs, branch: str | None, commit: str, declared: str | None, key: str, facts: str | None = None
) -> str:
    """What must be equal for a repository to count as unmoved: what is read, tags, name, what its forge says."""
    tags = [[each.name, each.target, each.commit] for each in refs.tags]
    said = [RULES, key, branch, commit, declared, tags, *([facts] if facts else [])]
    return hashlib.sha256(orjson.dumps(said)).hexdigest()
