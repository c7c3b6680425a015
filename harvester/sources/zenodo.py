"""The source kind `zenodo`: records of communities, of queries, of DOIs, and those that go with a module.

One entry for each concept, with all its versions. Least possible requests: for each community one for its id; for each
community, query and batch of what is followed one for each page of its records on a first harvest, and one while
nothing moved; one for each DOI that no search shows, once. A record is asked for by itself only when it is in no list
any more.

Border: the JSON is read in `vocab.readers.zenodo`; here it is checked only against what was asked.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.errors import UnexpectedAnswer
from harvester.events import Entry, Gone, Listed, Unchanged
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.zenodo_api import ZenodoApi
from harvester.sources.zenodo_concepts import fetched
from harvester.sources.zenodo_listing import Lister
from harvester.sources.zenodo_plan import community_question, query_question
from vocab.identifiers import own_doi


def _doi(text: str) -> str:
    name = own_doi(text)
    if name is None:
        message = f"{text!r} is no DOI, write it like 10.5281/zenodo.1234"
        raise ValueError(message)
    return name


Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]{0,99}$", strip_whitespace=True)]
Query = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
Doi = Annotated[str, AfterValidator(_doi)]


class ZenodoSettings(BaseModel):
    """Any of four; at least one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    communities: tuple[Slug, ...] | None = Field(
        None, min_length=1, max_length=50, description="communities by the name in their address: all their records"
    )
    queries: tuple[Query, ...] | None = Field(
        None, min_length=1, max_length=50, description="searches as Zenodo's search box takes them"
    )
    dois: tuple[Doi, ...] | None = Field(
        None, min_length=1, max_length=1000, description="DOIs of Zenodo, of a version or of all versions"
    )
    follow: bool = Field(
        False, description="the DOIs that modules name, and the records that name a module's repository"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.communities or self.queries or self.dois or self.follow):
            message = "give at least one of communities, queries, dois, follow = true; found none"
            raise ValueError(message)
        return self


class ZenodoSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: ZenodoSettings) -> None:
        self._task = task
        self._settings = settings
        self._api = ZenodoApi(task)
        self._lister = Lister(task, self._api, settings.dois or (), follow=settings.follow)

    def list_entries(self) -> Listed:
        """Everything the source lists. Raises `HarvestError`."""
        questions = [community_question(self._api, each) for each in self._settings.communities or ()]
        questions += [query_question(each) for each in self._settings.queries or ()]
        return self._lister.list_entries(questions)

    def read(self, entry: Entry) -> Outcome:
        """One entry. Raises `HarvestError`."""
        absence = self._lister.gone.get(entry.key)
        if absence is not None:
            return Gone(entry, absence.reason, absence.status, absence.final)
        known = self._task.memory.entry(self._task.source, entry.key)
        if entry.key in self._lister.still_there and known is not None:
            return Unchanged(entry, entry.key)
        concept = self._lister.concepts.get(entry.key)
        if concept is None:
            seen = "Zenodo's search does not show the record at the moment."
            raise UnexpectedAnswer(seen, url=entry.url)
        if known is not None and known.fingerprint == concept.fingerprint and not self._task.full:
            self._task.client.avoided(2)  # the record, and the list of its versions
            return Unchanged(entry, entry.key, dict(concept.latest.counters))
        return fetched(self._task, self._api, entry, concept)

    def is_alive(self) -> bool:
        """Whether the server answers at all. Raises `HarvestError`."""
        return self._api.is_alive()


def _open(task: Task, settings: ZenodoSettings) -> ZenodoSource:
    return ZenodoSource(task, settings)


ZENODO = SourceKind(
    "zenodo", ZenodoSettings, _open, home=lambda endpoints, _: endpoints.zenodo, follows=lambda each: each.follow,
    credential="a personal access token of Zenodo, without any scope",
)
