"""The questions that the settings of a `zenodo` source ask: a community by its id, a query as it was written.

A community that Zenodo does not know is an error here, because its search drops such a name in silence and answers with
all there is. What a query says plainly about its hits is checked on each of them. Border: nothing is searched here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harvester.errors import ListingUnusable
from harvester.sources.zenodo_api import ZenodoApi
from harvester.sources.zenodo_follow import RECORDS
from harvester.sources.zenodo_questions import Question
from vocab.readers.zenodo_record import ZenodoRecord, text

_MEND = "Take the name from the address of the community's page, zenodo.org/communities/NAME; small letters count."
# `field:"value"`, of fields whose meaning is known; what stands in a query besides is not checked.
_CLAUSE = re.compile(r'(?P<field>(?:[\w.]|\\.)+):"(?P<value>[^"\\]+)"')
_MEANING: dict[str, Callable[[ZenodoRecord, str], bool]] = {
    "communities": lambda record, value: value in record.communities,
    "parent.communities.ids": lambda record, value: value in record.communities,
    "doi": lambda record, value: record.doi == value.lower(),
    "conceptdoi": lambda record, value: record.concept_doi == value.lower(),
    "recid": lambda record, value: record.id == value,
    "conceptrecid": lambda record, value: record.concept == value,
    "related.identifier": lambda record, value: any(each.identifier == value for each in record.related),
}
_SAME_FIELD = {
    "pids.doi.identifier": "doi", "parent.pids.doi.identifier": "conceptdoi", "parent.id": "conceptrecid",
    "metadata.related_identifiers.identifier": "related.identifier",
}


def community_question(api: ZenodoApi, slug: str) -> Question:
    """The records of a community. Raises `ListingUnusable` when there is no such one; `HarvestError`."""
    answer = api.community(slug)
    if answer.status == 403:
        raise ListingUnusable(f"Zenodo's community {slug!r} is not public (403).", mend="Give a token that may see it.")
    number, name = text(answer.form, "id"), text(answer.form, "slug")
    if not answer.found or not number or slug not in (number, name):
        seen = f"Zenodo's community {slug!r} {'was deleted' if answer.status == 410 else 'does not exist'}."
        raise ListingUnusable(seen, mend=_MEND, status=answer.status)

    def fits(record: ZenodoRecord) -> bool:
        return not record.communities.isdisjoint((number, name))

    return Question(f"The community {slug!r}", f"/api/communities/{number}/records", "", fits)


def query_question(query: str) -> Question:
    """The records that a query finds."""
    checks = _checks(query)

    def fits(record: ZenodoRecord) -> bool:
        return all(check(record, value) for check, value in checks)

    return Question(f"The query {query!r}", RECORDS, query, fits)


def _checks(query: str) -> list[tuple[Callable[[ZenodoRecord, str], bool], str]]:
    """What must hold of every hit: the plain clauses of a query that are joined by AND."""
    if re.search(r"\b(?:OR|NOT)\b|[()|!]|(?:^|\s)[-+]", query):
        return []
    clauses = [_CLAUSE.fullmatch(each.strip()) for each in re.split(r"\s+AND\s+", query)]
    fields = [(_SAME_FIELD.get(each["field"], each["field"]), each["value"]) for each in clauses if each]
    return [(_MEANING[field], value) for field, value in fields if field in _MEANING]
