"""One repository: what it is, whether it moved, and its documents when it did.

Order of questions, cheapest first: the owner's list, a remembered refusal, the repository itself; then the
fingerprint; only when that moved the commits, the tree by its id, the wanted files by theirs, tags, releases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from harvester.errors import EmptyRepository, NoModule, UnexpectedAnswer, at
from harvester.events import Entry, Fetched, Gone, Unchanged
from harvester.sources.github_api import GithubApi, Received, RepositoryFacts, files_of, names_url
from harvester.sources.github_batches import Batches
from harvester.sources.github_owners import Owners
from harvester.sources.github_shapes import Commit, Repository, Tree
from harvester.sources.kind import Task
from harvester.sources.refusals import Refusals
from harvester.sources.repository_files import FileStore, Place, has_metadata
from harvester.sources.repository_findings import of_branch, of_name, of_tree
from vocab.record import Document, Finding

# Part of every fingerprint: raise it when other documents are wanted, so that every repository is read anew.
RULES = 1


@dataclass(frozen=True, slots=True)
class _Head:
    """The branch that is read, and its newest commits."""

    branch: str
    commits: Received[list[Commit]]
    newest: Commit
    findings: tuple[Finding, ...]


class RepositoryReader:
    """Reads the repositories of one source."""

    def __init__(
        self, task: Task, api: GithubApi, owners: Owners, files: FileStore, refusals: Refusals, batches: Batches, *,
        host: str, only_modules: bool,
    ) -> None:
        self._task = task
        self._api = api
        self._owners = owners
        self._files = files
        self._refusals = refusals
        self._batches = batches
        self._host = host
        self._only_modules = only_modules

    def read(self, entry: Entry) -> Fetched | Unchanged | Gone:
        """What became of one entry. Raises `HarvestError`."""
        with at("repository"):
            found = self._find(entry)
        if isinstance(found, Gone):
            return found
        repository = found.repository
        if repository.private:
            return Gone(entry, "The repository is not public any more.", 404)
        key = f"{self._host}/{repository.full_name.lower()}"
        counters = {
            "stars": repository.stargazers_count, "forks": repository.forks_count,
            "open_issues": repository.open_issues_count,
        }
        print_now = fingerprint(repository, entry.listing.branch)
        known = self._task.memory.entry(self._task.source, entry.key)
        if known is not None and known.fingerprint == print_now and not self._task.full:
            self._task.client.avoided(2)  # its commits and its tree
            return Unchanged(entry, key, counters)
        return self._fetch(entry, found, key, print_now, counters)

    def _find(self, entry: Entry) -> RepositoryFacts | Gone:
        """The repository under its listed name, or under the name it was found by last time."""
        listed = entry.key.partition("/")[2]
        known = self._task.memory.entry(self._task.source, entry.key)
        later = known.key.partition("/")[2] if known is not None and known.key != entry.key else None
        for name in filter(None, (listed, later)):
            shown = self._owners.facts(name)
            if shown is not None:
                self._task.client.avoided()
                return shown
        url = self._api.repository_url(listed)
        affairs = self._owners.affairs(listed)
        status = self._refusals.stands(url, affairs) if affairs is not None else None
        if status is not None:
            self._task.client.avoided()
            return _gone(entry, status)
        answer = self._api.repository(later or listed)
        if answer.value is None and later:
            answer = self._api.repository(listed)
        if answer.value is not None:
            return answer.value
        affairs = self._owners.affairs(listed, ask=True)
        shown = self._owners.facts(listed)
        if shown is not None:  # the owner's list knows better than a passing 404
            return shown
        if affairs is not None:
            self._refusals.keep(url, affairs, answer.status)
        return _gone(entry, answer.status)

    def _fetch(
        self, entry: Entry, facts: RepositoryFacts, key: str, print_now: str, counters: dict[str, int]
    ) -> Fetched:
        repository = facts.repository
        web = f"https://{self._host}/{repository.full_name}"
        if self._only_modules and self._refusals.stands(f"{entry.url}#metadata", print_now.encode()):
            self._task.client.avoided(2)  # its commits and its tree
            raise NoModule("The repository holds no metadata file, so it is no module.", url=entry.url)
        if repository.fork and not facts.whole:
            with at("repository"):
                facts = self._api.repository(repository.full_name).value or facts
        self._batches.prepare(entry)
        with at("commits"):
            head = self._head(entry, repository, print_now)
        with at("tree"):
            tree, tree_body, tree_url = self._tree(repository, head, entry, print_now)
        with at("files"):
            place = Place(self._task.source, key, head.newest.sha, f"{web}/blob/{head.newest.sha}/{{}}".format)
            supply = partial(files_of, self._api, repository.full_name)
            files, findings = self._files.documents(tree, place, supply)
        documents = [
            self._document("api:repository", facts.body, facts.url, head),
            self._document("api:commits", head.commits.body, head.commits.url, head),
            self._document("api:tree", tree_body, tree_url, head),
        ]
        documents += self._names(repository, head)
        previous = (entry.key,) if entry.key != key else ()
        told = (
            *head.findings, *of_name(entry, key, web, self._task.source), *findings,
            *of_tree(tree, key, self._task.source),
        )
        return Fetched(
            entry, key, web, head.newest.sha, (*documents, *files), print_now, previous, counters, told
        )

    def _names(self, repository: Repository, head: _Head) -> Iterator[Document]:
        """Tags, and releases where there are tags."""
        if self._batches.has_no_tags(repository.id):
            self._task.client.avoided()
            url = names_url(self._api.repository_url(repository.full_name), "tags")
            yield self._document("api:tags", b"[]", url, head)
            return
        for name in ("tags", "releases"):
            with at(name):
                found = self._api.names(repository.full_name, name)
                if found.value is None:
                    raise UnexpectedAnswer(f"There is no answer about {name}.", url=found.url, status=found.status)
            yield self._document(f"api:{name}", found.body, found.url, head)
            if not found.value:
                return

    def _head(self, entry: Entry, repository: Repository, print_now: str) -> _Head:
        """The newest commits of the declared branch if there is one of this name, else of the default branch."""
        default, declared = repository.default_branch, entry.listing.branch
        url, status = "", 0
        for branch in dict.fromkeys((declared or default, default)):
            url = self._api.commits_url(repository.full_name, branch)
            if self._refusals.stands(url, print_now.encode()) == 409:
                self._task.client.avoided()
                raise EmptyRepository("The repository is empty.", url=url, status=409)
            answer = self._api.commits(repository.full_name, branch)
            if answer.value == [] or (answer.status == 409 and b"empty" in answer.body.lower()):
                self._refusals.keep(url, print_now.encode(), 409)
                raise EmptyRepository("The repository is empty.", url=url, status=answer.status)
            if answer.value:
                findings = () if branch == (declared or default) else (of_branch(entry, default, self._task.source),)
                return _Head(branch, answer, answer.value[0], findings)
            status = answer.status
        seen = f"The branch {default!r}, which the repository calls its default, does not answer ({status})."
        raise UnexpectedAnswer(seen, url=url, status=status)

    def _tree(self, repository: Repository, head: _Head, entry: Entry, print_now: str) -> tuple[Tree, bytes, str]:
        """The tree with its body and address; one too large to be sent whole is read at its root and in `docker/`."""
        name, sha = repository.full_name, head.newest.tree
        found = self._api.tree(name, sha, recursive=True)
        tree, body = found.value, found.body
        if tree is None:
            raise UnexpectedAnswer("The commit's tree is not there.", url=found.url, status=found.status)
        if tree.truncated:
            tree = self._outline(name, sha)
            body = orjson.dumps(tree.model_dump(exclude_none=True))
        if self._only_modules and not has_metadata(tree):
            self._refusals.keep(f"{entry.url}#metadata", print_now.encode(), 404)
            raise NoModule("The repository holds no metadata file, so it is no module.", url=entry.url)
        return tree, body, found.url

    def _outline(self, full_name: str, sha: str) -> Tree:
        root = self._api.tree(full_name, sha, recursive=False).value
        if root is None:
            raise UnexpectedAnswer("The commit's tree is not there.")
        rows = list(root.tree)
        docker = next((row for row in rows if row.path == "docker" and row.type == "tree"), None)
        below = self._api.tree(full_name, docker.sha, recursive=False).value if docker is not None else None
        rows += [row.model_copy(update={"path": f"docker/{row.path}"}) for row in (below.tree if below else ())]
        return Tree(sha=sha, tree=rows, truncated=True)

    def _document(self, path: str, body: bytes, url: str, head: _Head) -> Document:
        return Document(path, body, self._task.memory.keep_payload(body), url, head.newest.sha)


def fingerprint(repository: Repository, declared_branch: str | None) -> str:
    """What must be equal for a repository to count as unmoved: whatever a module is made of, and no counters."""
    licence = repository.license
    facts = [
        RULES, repository.id, repository.full_name, repository.pushed_at, repository.default_branch, declared_branch,
        repository.archived, repository.description, repository.homepage, sorted(repository.topics),
        [licence.key, licence.spdx_id] if licence else None,
    ]
    return hashlib.sha256(orjson.dumps(facts)).hexdigest()


def _gone(entry: Entry, status: int) -> Gone:
    why = {410: "was deleted", 451: "was taken down"}.get(status, "does not exist, or is not public")
    return Gone(entry, f"The repository {why} ({status}).", status)
