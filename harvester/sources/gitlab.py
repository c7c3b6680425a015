"""The source kind `gitlab`: the projects of a group or person, or single projects, on gitlab.com or any GitLab.

What a project is comes by the API: a page for every hundred of a group, and, for one that is read anew, the project
itself (its licence, of what it is a fork) and its releases. What stands in it comes by git, which spends no quota; an
unchanged project costs the one small request for its refs, because the API's date of the last activity stands still
for an hour after each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Self
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.answers import Credential
from harvester.endpoints import Endpoints
from harvester.errors import EmptyRepository, ListingUnusable, UnexpectedAnswer, at
from harvester.events import Entry, Gone, Listed
from harvester.sources.git_forges import clone_address, credential_for, repository_at
from harvester.sources.git_repository import GitRepositoryReader, Told
from harvester.sources.gitlab_api import GitlabApi, Path, Project, Received
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.refusals import Refusals
from harvester.sources.repository_files import FileStore
from vocab.record import Document, Listing


def _address(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        message = "write the address of the server, such as https://gitlab.com"
        raise ValueError(message)
    if parts.path.strip("/"):
        message = "write the address of the server without a path; the group or projects are settings of their own"
        raise ValueError(message)
    return written.rstrip("/")


class GitlabSettings(BaseModel):
    """A server, and one of two: a group, or projects by their paths."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_address)] = Field(
        "https://gitlab.com", description="the address of the server"
    )
    group: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w.-]+(/[\w.-]+)*$")] | None = Field(
        None, description="a group or person: all public projects that hold metadata, also those of groups in it"
    )
    projects: tuple[Path, ...] | None = Field(None, min_length=1, description="projects as `group/name`")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.group is None) == (self.projects is None):
            message = f"give exactly one of group, projects; found {'both' if self.group is not None else 'none'}"
            raise ValueError(message)
        return self


class GitlabSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: GitlabSettings) -> None:
        self._task = task
        self._settings = settings
        credential = Credential(task.token, settings.url) if task.token else None
        self._api = GitlabApi(task.client, settings.url, credential)
        token = credential.fingerprint if credential else ""
        refusals = Refusals(task.memory, token, ignored=task.full) if settings.group else None
        self._reader = GitRepositoryReader(
            task, FileStore(task.client, task.memory), credential_for(task.token, settings.url), refusals
        )
        self._shown: dict[str, Project] = {}
        self._whole: dict[int, Received[Project]] = {}

    def list_entries(self) -> Listed:
        """Everything the source lists. Raises `HarvestError`."""
        if self._settings.group is None:
            return self._listed(self._settings.projects or ())
        with at("listing"):
            found = self._api.projects_of(self._settings.group)
        if found is None:
            raise ListingUnusable(f"There is no group or person {self._settings.group} on {self._settings.url}.")
        projects, whole = found
        public = {each.path_with_namespace: each for each in projects if each.visibility == "public"}
        if not public:
            raise ListingUnusable(f"The group {self._settings.group} on {self._settings.url} shows no public projects.")
        self._shown = {self._entry(path).key: project for path, project in public.items()}
        return self._listed(public, whole=whole)

    def _listed(self, paths: Iterable[str], *, whole: bool = True) -> Listed:
        entries = {entry.key: entry for entry in map(self._entry, paths)}
        return Listed(tuple(entries.values()), whole=whole)

    def _entry(self, path: str) -> Entry:
        web = f"{self._settings.url}/{path}"
        found = repository_at(web)
        if found is None:
            raise UnexpectedAnswer(f"{path} is no path of a project.", url=web)
        return Entry(found.key, web, Listing(f"{web}.git"))

    def read(self, entry: Entry) -> Outcome:
        """One project, if it changed. Raises `HarvestError`."""
        project = self._shown.get(entry.key)
        if project is None:
            with at("project"):
                answer = self._api.project(entry.url.removeprefix(f"{self._settings.url}/"))
            project = answer.value
            if project is None:
                return Gone(entry, f"The project does not exist, or is not public ({answer.status}).", answer.status)
            self._whole = {project.id: answer}
        if project.visibility != "public":
            return Gone(entry, "The project is not public.", 404)
        if project.empty_repo:
            raise EmptyRepository("The repository is empty.", url=entry.url)
        address = clone_address(f"{self._settings.url}/{project.path_with_namespace}.git")
        if address is None:
            raise UnexpectedAnswer(f"{project.path_with_namespace} is no path of a project.", url=entry.url)
        counters = {
            "stars": project.star_count, "forks": project.forks_count, "open_issues": project.open_issues_count,
        }
        told = Told(address, _facts(project), counters, lambda commit: self._documents(project, commit), "gitlab")
        return self._reader.read(entry, told)

    def _documents(self, project: Project, commit: str) -> tuple[Document, ...]:
        """The project alone, which says more than an element of a list, and its releases."""
        whole = self._whole.get(project.id) or self._api.project(project.id)
        releases = self._api.releases(project.id)
        if whole.value is None or whole.value.id != project.id:
            raise UnexpectedAnswer("There is no answer about the project.", url=whole.url, status=whole.status)
        documents = [("api:gitlab-project", whole.body, whole.url)]
        if releases.value is not None:  # not every project shows its releases to everybody
            documents.append(("api:gitlab-releases", releases.body, releases.url))
        keep = self._task.memory.keep_payload
        return tuple(Document(path, body, keep(body), url, commit) for path, body, url in documents)

    def is_alive(self) -> bool:
        """Whether the server answers at all. Raises `HarvestError`."""
        return self._api.is_alive()


def _facts(project: Project) -> str:
    """What of a project a module is made of, and no counters."""
    facts = [
        project.id, project.path_with_namespace, project.default_branch, project.archived, project.description,
        sorted(project.topics),
    ]
    return hashlib.sha256(orjson.dumps(facts)).hexdigest()


def _open(task: Task, settings: GitlabSettings) -> GitlabSource:
    return GitlabSource(task, settings)


def _home(_endpoints: Endpoints, settings: GitlabSettings) -> str:
    return settings.url


GITLAB = SourceKind(
    "gitlab", GitlabSettings, _open, home=_home,
    credential="a token of GitLab with the scopes `read_api` and `read_repository`",
)
