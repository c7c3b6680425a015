"""The source kind `dockerhub`: the images of namespaces, or those that modules name.

Least possible requests: a namespace's list tells of each of its repositories whether it moved, so for an unchanged
world its pages are all that is asked; where fewer than three images of a namespace are named each is asked by itself.
An image that moved costs two more: its page's text, and its tags (a hundred at a time). An image that does not exist
is asked again the day after.

A repository that its namespace's list shows and that does not answer is no proof of anything; nor are 404s as long as
Docker Hub hides everything, as it does to whom it blocks. Border: what the answers mean is read in
`vocab.readers.dockerhub`; labels and layers are the business of `oci`.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.errors import HarvestError, ListingUnusable, UnexpectedAnswer, at
from harvester.events import Entry, Fetched, Gone, Listed, Unchanged
from harvester.sources.dockerhub_api import DockerhubApi, Shown
from harvester.sources.dockerhub_namespaces import Namespaces
from harvester.sources.followed import followed
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.refusals import Refusals
from vocab.identifiers import image_key, image_reference, value_of
from vocab.record import Document, Listing

_REGISTRY = "docker.io/"
# From so many named images on one page of the namespace's list is cheaper than asking for each, run after run.
_WORTH_A_LIST = 3

Namespace = Annotated[
    str, StringConstraints(pattern=r"(?i)^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$", strip_whitespace=True, to_lower=True)
]


class DockerhubSettings(BaseModel):
    """Namespaces, the images that modules name, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    namespaces: tuple[Namespace, ...] | None = Field(
        None, min_length=1, description="users and organisations of Docker Hub: all their public images"
    )
    follow: bool = Field(False, description="the images that modules name; they tell of those modules and make none")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.namespaces and not self.follow:
            message = "give namespaces, or follow = true, or both; found neither"
            raise ValueError(message)
        return self


class DockerhubSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: DockerhubSettings) -> None:
        self._task = task
        self._settings = settings
        self._api = DockerhubApi(task)
        self._namespaces = Namespaces(self._api)
        self._refusals = Refusals(task.memory, self._api.token, ignored=task.full)

    def list_entries(self) -> Listed:
        """The images of the namespaces, then those that are named. Raises `HarvestError`."""
        shelves = [self._namespaces.all_of(each) for each in dict.fromkeys(self._settings.namespaces or ())]
        names = [name for shelf in shelves for name, shown in shelf.rows.items() if shown.is_public_image]
        own = [_entry(name) for name in dict.fromkeys(names)]
        listed = {each.key for each in own}
        named = [each for each in self._named() if each.key not in listed] if self._settings.follow else []
        troubles = [shelf.problem for shelf in shelves if shelf.problem is not None]
        if troubles and not own and not named:
            raise troubles[0]
        answered = self._look_at([_name(each) for each in named]) or bool(own)
        if not answered and not any(self._task.memory.entry(self._task.source, each.key) for each in named):
            self._api.check()  # nobody has answered yet: is this Docker Hub at all?
        problem = troubles[0].problem("listing") if troubles else None
        return Listed((*own, *named), whole=problem is None, problem=problem)

    def _named(self) -> list[Entry]:
        memory, source = self._task.memory, self._task.source
        found = followed(memory, "image", source, lambda value: value.startswith(_REGISTRY))
        return [each.entry(image_key(each.value), _page(each.value)) for each in found]

    def _look_at(self, names: list[str]) -> bool:
        """Look at the lists that show several of these images; returns whether one of them was had.

        Raises:
            HarvestError: none of the lists could be had, for a reason that is no list's own.
        """
        by_namespace: dict[str, set[str]] = {}
        for name in names:
            by_namespace.setdefault(name.partition("/")[0], set()).add(name)
        troubles: list[HarvestError] = []
        answered = False
        for namespace, wanted in by_namespace.items():
            if len(wanted) < _WORTH_A_LIST or namespace in (self._settings.namespaces or ()):
                continue
            problem = self._namespaces.some_of(namespace, wanted).problem
            if problem is None or isinstance(problem, ListingUnusable):
                answered = True
            else:
                troubles.append(problem)
        if troubles and not answered:
            raise troubles[0]
        return answered

    def read(self, entry: Entry) -> Outcome:
        """One image. Raises `HarvestError`."""
        name, client = _name(entry), self._task.client
        shown = self._namespaces.shown(name)
        if (shown is None and self._namespaces.lacks(name)) or name.count("/") != 1:
            client.avoided()
            return _gone(entry)
        if shown is not None and self._is_unmoved(entry, shown):
            client.avoided(2)  # its page and its tags
            return Unchanged(entry, entry.key, shown.counters)
        url, today = self._api.repository_url(name), self._task.clock.now().date().isoformat().encode()
        if shown is None and self._refusals.stands(url, today):
            client.avoided()
            return _gone(entry)
        with at("repository"):
            found = self._api.repository(name)
            if found is None:
                self._doubt(entry, shown)
                self._refusals.keep(url, today, 404)
                return _gone(entry)
        single, body = found
        if not single.is_public_image:
            return _gone(entry)
        if shown is None and self._is_unmoved(entry, single):
            client.avoided()
            return Unchanged(entry, entry.key, single.counters)
        return self._fetched(entry, shown or single, single, body)

    def is_alive(self) -> bool:
        """Whether Docker Hub answers, and not with 404 alone. Raises `HarvestError`."""
        return self._api.check()

    def _is_unmoved(self, entry: Entry, shown: Shown) -> bool:
        known = self._task.memory.entry(self._task.source, entry.key)
        return known is not None and known.fingerprint == shown.fingerprint and not self._task.full

    def _doubt(self, entry: Entry, shown: Shown | None) -> None:
        """A 404 is doubted when the list shows the image, or when it was there before and Docker Hub hides the rest."""
        if shown is not None:
            seen = "The list of its namespace shows the image, but it does not answer (404)."
            raise UnexpectedAnswer(seen, url=entry.url, status=404)
        known = self._task.memory.entry(self._task.source, entry.key)
        if known is not None and known.fingerprint is not None and known.state != "unreachable":
            self._api.check()

    def _fetched(self, entry: Entry, shown: Shown, single: Shown, body: bytes) -> Fetched:
        name = single.full_name
        with at("tags"):
            tags = self._api.tags(name)
        documents = (
            self._document("api:dockerhub-repository", body, self._api.repository_url(name)),
            self._document("api:dockerhub-tags", tags, self._api.tags_url(name)),
        )
        return Fetched(
            entry, entry.key, _page(value_of(entry.key)), single.revision, documents, shown.fingerprint,
            counters=single.counters,
        )

    def _document(self, path: str, body: bytes, url: str) -> Document:
        return Document(path, body, self._task.memory.keep_payload(body), url)


def _entry(full_name: str) -> Entry:
    name = f"{_REGISTRY}{full_name}"
    return Entry(image_key(name), _page(name), Listing(_page(name)))


def _name(entry: Entry) -> str:
    """`namespace/name` of an entry."""
    return value_of(entry.key).removeprefix(_REGISTRY)


def _page(name: str) -> str:
    """The page of an image on Docker Hub."""
    image = image_reference(name)
    return (image.page if image else None) or f"https://{name}"


def _gone(entry: Entry) -> Gone:
    return Gone(entry, "The image does not exist on Docker Hub, or is not public (404).", 404)


def _open(task: Task, settings: DockerhubSettings) -> DockerhubSource:
    return DockerhubSource(task, settings)


DOCKERHUB = SourceKind(
    "dockerhub", DockerhubSettings, _open, home=lambda endpoints, _: endpoints.dockerhub,
    follows=lambda settings: settings.follow,
    credential="`user:token` of Docker Hub, the token with the right to read public repositories",
)
