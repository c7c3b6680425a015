"""The source kind `git`: repositories on any forge, by the git protocol alone.

No API and no quota: for forges without an API, and for GitHub without a token. The first harvest of a repository sends
one request for its refs, one for its commits and trees, and one for the files that are not known yet; the first of each
server two more, to see what it can do. An unchanged repository costs the first of these, because git knows no 304.

Border: the file formats are read in `vocab.readers`; here they are bytes.
"""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.endpoints import Endpoints, origin
from harvester.events import Entry, Listed
from harvester.sources.git_forges import clone_address, credential_for
from harvester.sources.git_listing import list_catalogue, list_named
from harvester.sources.git_repository import GitRepositoryReader
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.repository_files import FileStore


def _address(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme.lower() not in ("http", "https"):
        message = "write an address that begins with https://"
        raise ValueError(message)
    if "@" in parts.netloc:
        message = "leave user and password out of the address; they are the credential of the source"
        raise ValueError(message)
    if clone_address(written) is None:
        message = f"not the address of a repository: {written[:200]!r}; write https://HOST/OWNER/NAME"
        raise ValueError(message)
    return written


Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_address)]


class GitSettings(BaseModel):
    """One of two: a catalogue's repository, or repositories by their addresses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    catalogue: Address | None = Field(
        None, description="`https://HOST/OWNER/NAME` of a repository with a `MODULES.yml` or `.gitmodules`"
    )
    repositories: tuple[Address, ...] | None = Field(
        None, min_length=1, description="repositories as `https://HOST/OWNER/NAME`, on any servers"
    )

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.catalogue is None) == (self.repositories is None):
            found = "both" if self.catalogue is not None else "none"
            message = f"give exactly one of catalogue, repositories; found {found}"
            raise ValueError(message)
        return self

    @property
    def home(self) -> str:
        """The server that the source is of: of several the first, to which alone the credential is shown."""
        scheme, host, port = origin(clone_address(self.catalogue or (self.repositories or ("",))[0]) or "")
        usual = {"https": 443, "http": 80}[scheme] == port
        return f"{scheme}://{host}" if usual else f"{scheme}://{host}:{port}"


class GitSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: GitSettings) -> None:
        self._task = task
        self._settings = settings
        self._files = FileStore(task.client, task.memory)
        credential = credential_for(task.token, settings.home)
        self._reader = GitRepositoryReader(task, self._files, credential)

    def list_entries(self) -> Listed:
        """Everything the source lists, in its own order. Raises `HarvestError`."""
        address = clone_address(self._settings.catalogue or "")
        if address is None:
            return list_named(self._settings.repositories or ())
        remote = self._reader.remote(address)
        task = self._task
        return list_catalogue(remote, self._files, task.memory, task.source, address, anew=task.full)

    def read(self, entry: Entry) -> Outcome:
        """One entry, if it changed. Raises `HarvestError`."""
        return self._reader.read(entry)

    def is_alive(self) -> bool:
        """Whether the server answers at all. Raises `HarvestError`."""
        return self._task.client.get(self._settings.home, method="HEAD", conditional=False).status > 0


def _open(task: Task, settings: GitSettings) -> GitSource:
    return GitSource(task, settings)


def _home(_endpoints: Endpoints, settings: GitSettings) -> str:
    return settings.home


GIT = SourceKind(
    "git", GitSettings, _open, home=_home,
    credential="`user:token`, or a token alone, that may read the repositories of the first server",
)
