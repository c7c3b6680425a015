"""The versions of a concept as one entry: its key, its documents, and who named it.

The key is the DOI of the concept, else that of the first version, else the concept's number; so it stays when versions
are added. `api:zenodo-record` is the JSON of the latest version, `api:zenodo-versions` has the form of Zenodo's list of
versions, with what tells each version from the others; the JSON of every version is kept by itself. Border: what is
found, and by which question, comes in.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from harvester.errors import UnexpectedAnswer
from harvester.events import Entry, Fetched
from harvester.sources.kind import Task
from harvester.sources.zenodo_api import ZenodoApi
from harvester.sources.zenodo_follow import Wanted
from harvester.sources.zenodo_rows import Row, kept_form, version_form
from vocab.identifiers import doi_key, zenodo_key
from vocab.record import Document, Listing

# Part of every fingerprint: raise it when a record is kept in another form, so that every one is read anew.
RULES = 1
_MOST_VERSIONS = 1_000


@dataclass(frozen=True, slots=True)
class Concept:
    """All versions that were found of one concept, the latest last. `whole`: found by a question for all of them."""

    versions: tuple[Row, ...]
    own: bool = False
    named_by: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    wanted: tuple[str, ...] = field(default=(), compare=False)

    @property
    def latest(self) -> Row:
        """The newest version there is."""
        return self.versions[-1]

    @property
    def key(self) -> str:
        """The key of its entry."""
        name = next((each.concept_doi for each in reversed(self.versions) if each.concept_doi), None)
        name = name or next((each.doi for each in self.versions if each.doi), None)
        return doi_key(name) if name else zenodo_key(self.latest.concept)

    @property
    def is_complete(self) -> bool:
        """Whether no version is missing between the first and the latest, as far as they are counted."""
        return self.latest.latest and self.latest.index == len(self.versions)

    @property
    def fingerprint(self) -> str:
        """What must be equal for it to count as unmoved."""
        facts = [RULES, [[each.id, each.sha256] for each in self.versions]]
        return hashlib.sha256(orjson.dumps(facts)).hexdigest()

    def entry(self, api: ZenodoApi) -> Entry:
        """The entry it is listed as."""
        url = self.latest.page or page_of(api, self.latest.id)
        return Entry(self.key, url, Listing(url, named_by=self.named_by, roles=self.roles))


def page_of(api: ZenodoApi, number: str) -> str:
    """The page for people of a record that does not tell its own."""
    return f"{api.base}/records/{number}"


def concepts_of(rows: Iterable[Row]) -> list[Concept]:
    """The rows by concept, each row once, in the order of the concepts' keys."""
    by_concept: dict[str, dict[str, Row]] = defaultdict(dict)
    for each in rows:
        by_concept[each.concept][each.id] = each
    found = [
        Concept(tuple(sorted(each.values(), key=lambda row: row.order)[-_MOST_VERSIONS:]))
        for each in by_concept.values()
    ]
    return sorted(found, key=lambda each: each.key)


def named(concept: Concept, wanted: Wanted) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Who names a concept, in which roles, and by what: numbers and repository keys."""
    numbers = {concept.latest.concept, *(each.id for each in concept.versions)} & wanted.numbers.keys()
    repositories = {key for each in concept.versions for key in each.repositories} & wanted.repositories.keys()
    found = [one for name in (*numbers, *repositories) for one in wanted.naming(name)]
    keys = {key for each in found for key in each.keys}
    return tuple(sorted(keys)), tuple(sorted({each.role for each in found})), (*sorted(numbers), *sorted(repositories))


def fetched(task: Task, api: ZenodoApi, entry: Entry, concept: Concept) -> Fetched:
    """The documents of a concept, from what was kept when it was listed. Raises `HarvestError`."""
    url = entry.url
    body = _kept(task, api, concept.latest)
    hits = [version_form(orjson.loads(_kept(task, api, each))) for each in reversed(concept.versions)]
    versions = orjson.dumps({"hits": {"hits": hits, "total": len(hits)}}, option=orjson.OPT_SORT_KEYS)
    documents = tuple(
        Document(path, made, task.memory.keep_payload(made), url)
        for path, made in (("api:zenodo-record", body), ("api:zenodo-versions", versions))
    )
    return Fetched(
        entry, entry.key, url, concept.latest.id, documents, concept.fingerprint, counters=dict(concept.latest.counters)
    )


def _kept(task: Task, api: ZenodoApi, row: Row) -> bytes:
    """The JSON of a version; one that the store lost is asked for again."""
    body = task.memory.payload(row.sha256)
    if body is not None:
        return body
    answer = api.record(row.id)
    if not answer.found:
        seen = f"The record {row.id}, which Zenodo lists, answers {answer.status}."
        raise UnexpectedAnswer(seen, url=api.record_url(row.id), status=answer.status)
    return kept_form(answer.form)
