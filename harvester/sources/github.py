"""The source kind `github`: repositories that a catalogue, an organisation or the settings name.

Least possible requests, as `benchmarks/requests.py` counts them, for a first harvest with a token: for each catalogue
four (repository, tree of the branch, file, commits of the file); for each owner with three or more listed repositories
one for each page of the list, for every other repository one; one for each name that its owner does not show; for
each repository read one for commits and one for the tree, for each with tags one for these and one for releases; and,
by GraphQL, one for every fifty repositories and one for every fifty distinct wanted files. Without GraphQL, or without
a token, it is one for each file and one for the tags of each. For an unchanged world the second harvest sends the
catalogues' three and the owners' lists, all of them answered 304, which costs no quota. Not seen without `full`: a
release written for a tag that was there before.

Border: the file formats are read in `vocab.readers`; here they are bytes.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.endpoints import origin
from harvester.errors import ElsewhereRepository, ListingUnusable
from harvester.events import Entry, Listed
from harvester.sources.github_api import GithubApi
from harvester.sources.github_batches import Batches
from harvester.sources.github_listing import list_catalogue, list_named, list_organisation
from harvester.sources.github_owners import Owners
from harvester.sources.github_repository import RepositoryReader
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.refusals import Refusals
from harvester.sources.repository_files import FileStore

_PUBLIC_HOST = "github.com"

FullName = Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$", strip_whitespace=True)]
Login = Annotated[str, StringConstraints(pattern=r"^[\w-]+$", strip_whitespace=True)]


class GithubSettings(BaseModel):
    """One of three: a catalogue's repository, an organisation, or repositories by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalogue: FullName | None = Field(None, description="`owner/repo` with a `MODULES.yml` or `.gitmodules`")
    organisation: Login | None = Field(None, description="an organisation or person: all public repositories")
    repositories: tuple[FullName, ...] | None = Field(None, min_length=1, description="repositories as `owner/repo`")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [name for name in ("catalogue", "organisation", "repositories") if getattr(self, name) is not None]
        if len(named) != 1:
            found = " and ".join(named) or "none"
            message = f"give exactly one of catalogue, organisation, repositories; found {found}"
            raise ValueError(message)
        return self


class GithubSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: GithubSettings) -> None:
        self._task = task
        self._settings = settings
        self._api = GithubApi(task)
        self._files = FileStore(task.client, task.memory)
        self._refusals = Refusals(task.memory, self._api.token, ignored=task.full)
        self._owners = Owners(self._api, self._refusals, ())
        self._reader: RepositoryReader | None = None
        # A stand-in or mirror plays github.com; an enterprise server is a host of its own.
        host = origin(task.endpoints.github)[1]
        self._host = host if task.endpoints.github.endswith("/api/v3") else _PUBLIC_HOST

    def list_entries(self) -> Listed:
        """Everything the source lists. Raises `HarvestError`."""
        listed = self._list()
        names = [entry.key.partition("/")[2] for entry in listed.entries]
        if self._settings.organisation is None:
            self._owners = Owners(self._api, self._refusals, names)
        only_modules = self._settings.organisation is not None
        batches = Batches(self._task, self._files, self._host, only_modules)
        batches.expect(listed.entries)
        self._reader = RepositoryReader(
            self._task, self._api, self._owners, self._files, self._refusals, batches,
            host=self._host, only_modules=only_modules,
        )
        return listed

    def _list(self) -> Listed:
        source, settings = self._task.source, self._settings
        if settings.catalogue is not None:
            return list_catalogue(self._api, self._files, source, self._host, settings.catalogue)
        if settings.organisation is not None:
            shown = self._owners.all_of(settings.organisation)
            return list_organisation(shown, self._host, settings.organisation)
        return list_named(settings.repositories or (), self._host)

    def read(self, entry: Entry) -> Outcome:
        """One entry. Raises `HarvestError`."""
        if self._reader is None:
            raise ListingUnusable("The source was not listed before it was read.")
        if entry.key.partition("/")[0] != self._host:
            seen = f"The repository is not on {self._host}, where this source reads."
            raise ElsewhereRepository(seen, url=entry.url)
        return self._reader.read(entry)

    def is_alive(self) -> bool:
        """Whether the server answers at all. Raises `HarvestError`."""
        return self._api.is_alive()


def _open(task: Task, settings: GithubSettings) -> GithubSource:
    return GithubSource(task, settings)


GITHUB = SourceKind(
    "github", GithubSettings, _open, home=lambda endpoints, _: endpoints.github,
    credential="a token of GitHub, without any permission",
)
