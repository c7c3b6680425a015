"""The calls of GitLab's REST API that a harvest needs, typed: what a group has, what a project is, what it released.

Works against gitlab.com or any other server of GitLab. Border: what stands in a repository is read by git
(`git_repository`), which costs no quota. GitLab REST API v4: "Groups", "Projects", "Releases", "Pagination".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from harvester.answers import Answer, Credential
from harvester.client import Client
from harvester.endpoints import origin
from harvester.errors import ListingUnusable, UnexpectedAnswer

T = TypeVar("T")
NO_VALUE = frozenset({404, 410, 451})
_MOST_PAGES = 500
_ORDER = "order_by=id&sort=asc&per_page=100"

Path = Annotated[str, StringConstraints(pattern=r"^[\w.-]+(/[\w.-]+)+$", max_length=1000)]


class Project(BaseModel):
    """One project, of what is said of it the part that we rely on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int
    path_with_namespace: Path
    default_branch: str | None = None
    description: str | None = None
    topics: list[str] = Field(default_factory=list)
    archived: bool = False
    visibility: str = "public"
    empty_repo: bool = False
    star_count: int = 0
    forks_count: int = 0
    open_issues_count: int = 0


_PROJECT = TypeAdapter(Project)
_OBJECTS = TypeAdapter(list[dict[str, object]])


@dataclass(frozen=True, slots=True)
class Received(Generic[T]):
    """An answer that was checked. `value` is None when the status says that there is none."""

    value: T | None
    status: int
    body: bytes
    url: str
    links: Mapping[str, str]
    total: int | None


class GitlabApi:
    """One server of GitLab, as one source with one credential sees it."""

    def __init__(self, client: Client, address: str, credential: Credential | None) -> None:
        self._client = client
        self._address = address
        self._base = f"{address}/api/v4"
        self._credential = credential

    def projects_of(self, namespace: str) -> tuple[list[Project], bool] | None:
        """All projects of a group and the groups in it, or of a person; None when there is no such namespace.

        Returns:
            The projects, and whether they are all: one whose row is not as promised is left out.

        Raises:
            ListingUnusable: the list does not end, or shows fewer than it says.
        """
        name = quote(namespace, safe="")
        url = f"{self._base}/groups/{name}/projects?include_subgroups=true&with_shared=false&{_ORDER}"
        page = self._ask(url, _OBJECTS)
        if page.value is None:
            page = self._ask(f"{self._base}/users/{name}/projects?{_ORDER}", _OBJECTS)
        if page.value is None:
            return None
        shown: dict[int, Project] = {}
        total, seen, count, whole = page.total, {url}, 0, True
        while True:
            for element in page.value or ():
                count += 1
                project = _project(element)
                whole = whole and project is not None
                if project is not None:
                    shown[project.id] = project
            following = page.links.get("next")
            if not following:
                break
            if following in seen or len(seen) > _MOST_PAGES or origin(following) != origin(self._address):
                raise ListingUnusable(f"The list of {namespace} does not end.", url=following)
            seen.add(following)
            page = self._ask(following, _OBJECTS)
            if page.value is None:
                raise ListingUnusable(f"A page of the list of {namespace} is not there.", url=following)
        if total is not None and count < total:
            seen_text = f"The list of {namespace} shows {count} projects and says that there are {total}."
            mend = "Nothing: what it leaves out stays as it is; the next run asks again."
            raise ListingUnusable(seen_text, mend=mend)
        return list(shown.values()), whole

    def project(self, path: str | int) -> Received[Project]:
        """One project by its path or number; renames are followed."""
        return self._ask(f"{self._base}/projects/{quote(str(path), safe='')}?license=true", _PROJECT)

    def releases(self, number: int) -> Received[list[dict[str, object]]]:
        """The newest hundred releases of a project."""
        return self._ask(f"{self._base}/projects/{number}/releases?per_page=100", _OBJECTS)

    def is_alive(self) -> bool:
        """Whether the server answers at all."""
        return self._client.get(self._address, credential=self._credential, method="HEAD").status > 0

    def _ask(self, url: str, shape: TypeAdapter[T]) -> Received[T]:
        answer = self._client.get(url, credential=self._credential)
        if answer.status in NO_VALUE:
            return Received(None, answer.status, answer.body, answer.final_url, answer.links, None)
        value = _checked(answer, shape)
        if value is None and answer.not_modified:  # kept by an older version, or damaged: have it anew
            answer = self._client.get(url, credential=self._credential, conditional=False)
            value = _checked(answer, shape)
        if value is None:
            what = "an HTML page" if answer.body[:200].lstrip().startswith(b"<") else "broken or of another form"
            seen = f"The answer ({answer.status}) is {what}, not what GitLab's API promises."
            raise UnexpectedAnswer(seen, url=url, status=answer.status)
        self._client.keep(answer, self._credential)
        total = answer.headers.get("x-total", "")
        number = int(total) if total.isdigit() and len(total) < 10 else None
        return Received(value, answer.status, answer.body, answer.final_url, answer.links, number)


def _checked(answer: Answer, shape: TypeAdapter[T]) -> T | None:
    if answer.status != 200:
        return None
    try:
        return shape.validate_json(answer.body)
    except ValidationError:
        return None


def _project(element: Mapping[str, object]) -> Project | None:
    """One element of a list; what is not as promised is left out."""
    try:
        return _PROJECT.validate_json(orjson.dumps(element))
    except (ValidationError, orjson.JSONEncodeError):
        return None
