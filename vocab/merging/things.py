"""What a DOI stands for, as who registered it tells: title, authors, licence of the data sets, papers and weights.

What the module names itself is completed, by the DOI that both give; added is only what says of itself that it goes
with the module's repository. The module's own words stay; where they call a thing something else than its record does,
that is told. Border: which records tell of the named things was found out where all records are
(`vocab.things.described_by`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vocab.findings import finding
from vocab.identifiers import EntryKind, entry_kind, value_of
from vocab.merging.choice import Desk, label
from vocab.merging.places import Places
from vocab.merging.values import completed, part_of, thing_key
from vocab.module import Distribution, Resource
from vocab.record import Finding, Json, SourceRecord, Statement
from vocab.things import SOFTWARE, identities_of, repositories_of

_RESOURCES = "resources"
# What a thing that is no software may add to the module that it says it goes with.
_ADDED = frozenset({"publications", "training_data"})
# What the metadata calls a thing by the field that names it, where a record may well say otherwise.
_WRONG = {"training_data": frozenset({"paper", "publication"}), "publications": frozenset({"dataset"})}


def as_resource(record: SourceRecord) -> SourceRecord:
    """The record of a named thing with at least one statement of what its DOI stands for."""
    name = next((value_of(each) for each in sorted(identities_of(record)) if entry_kind(each) is EntryKind.DOI), None)
    title = next((each for each in record.statements if each.field == "title"), None)
    if name is None or title is None or record.values(_RESOURCES):
        return record
    people = (part_of("Agent", each) for each in record.values("authors"))
    thing = next((str(each) for each in record.values("evidence.thing")), None)
    value: dict[str, Json] = {"doi": name, "title": title.value, "kind": thing, "authors": [
        each.name for each in people if each is not None
    ]}
    return replace(record, statements=(*record.statements, replace(title, field=_RESOURCES, value=value)))


def going_with(places: Places, things: Iterable[SourceRecord]) -> list[SourceRecord]:
    """The records of the module, and what a paper or data set adds that says of itself that it goes with it."""
    own = {each.key for each in places.repositories}
    own |= {str(former) for each in places.repositories for former in each.values("evidence.repository")}
    found = list(places.records)
    for each in things:
        if not own.isdisjoint(repositories_of(each)):
            added = tuple(one for one in each.statements if one.field in _ADDED)
            found += [replace(each, statements=added)] if added else []
    return found


def completed_resources(desk: Desk, field: str, named: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources of a field, completed by what their DOIs stand for."""
    found = []
    for each in named:
        whole = each
        for told, said in _told(desk, thing_key(each.url, each.doi)):
            more = completed(whole, told)
            _note(desk, field, said, news=more != whole)
            whole = more
            if each.kind != told.kind and told.kind in _WRONG.get(field, ()):
                desk.findings.append(_of_other_kind(desk, field, each, told))
        found.append(whole)
    return tuple(found)


def completed_weights(desk: Desk, found: Sequence[Distribution]) -> tuple[Distribution, ...]:
    """Distributions with a DOI, called by its title."""
    whole = []
    for each in found:
        known = each
        for told, said in _told(desk, thing_key(each.url, each.doi)) if each.kind in {"weights", "archive"} else ():
            more = replace(known, title=known.title or told.title, doi=known.doi or told.doi)
            _note(desk, "distributions", said, news=more != known)
            known = more
        whole.append(known)
    return tuple(whole)


def identifiers_of_other_kind(desk: Desk) -> Iterator[Finding]:
    """DOIs that the module names as its own and that stand for a data set or a paper."""
    for each in desk.said("identifiers"):
        value = each.value if isinstance(each.value, dict) else {}
        if value.get("scheme") != "doi" or value.get("role") == "paper" or not each.origin.file:
            continue
        for told, _ in _told(desk, f"doi:{value.get('value')}"):
            if told.kind is not None and told.kind not in SOFTWARE | {"other"}:
                at = each.origin
                yield finding(
                    "doi-of-other-kind",
                    f"{label(each)} names {told.doi} as the module's own; its record says that it is a {told.kind}.",
                    source=at.source, entry=at.entry, file=at.file, line=at.line, field="identifiers",
                    found=told.doi, expected=f"the field for a {told.kind}",
                )


def _told(desk: Desk, key: str) -> list[tuple[Resource, Statement]]:
    if not key.startswith("doi:"):
        return []
    found = []
    for each in (*desk.said(_RESOURCES), *desk.told.get(_RESOURCES, ())):
        told: Resource = part_of("Resource", each.value)
        if thing_key(told.url, told.doi) == key:
            found.append((told, each))
    return found


def _note(desk: Desk, field: str, said: Statement, *, news: bool) -> None:
    why = "its record completes what the metadata says of it" if news else "says the same"
    desk.ledger.note(replace(said, field=field), won=False, why=why)


def _of_other_kind(desk: Desk, field: str, named: Resource, told: Resource) -> Finding:
    key = thing_key(named.url, named.doi)
    said = next(
        each for each in desk.said(field)
        if (part := part_of("Resource", each.value)) is not None and thing_key(part.url, part.doi) == key
    )
    at = said.origin
    called = {"training_data": "a data set", "publications": "a publication"}[field]
    return finding(
        "doi-of-other-kind", f"{label(said)} names {told.doi} as {called}; its record says that it is a {told.kind}.",
        source=at.source, entry=at.entry, file=at.file, line=at.line, field=field, found=told.doi,
        expected=f"the field for a {told.kind}",
    )
