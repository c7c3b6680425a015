"""What a DOI stands for, as who registered it tells: title, authors, licence of the data sets, papers and weights.

Only what the module names itself is completed, by the DOI that both give. The module's own words stay; where they call
a thing something else than its record does, that is told. Border: which records tell of the named things was found
out where all records are (`vocab.things.named_things`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from vocab.findings import finding
from vocab.merging.choice import Desk, label
from vocab.merging.values import completed, part_of, thing_key
from vocab.module import Distribution, Resource
from vocab.record import Finding, Statement
from vocab.things import SOFTWARE

_RESOURCES = "resources"
# What the metadata calls a thing by the field that names it, where a record may well say otherwise.
_WRONG = {"training_data": frozenset({"paper", "publication"}), "publications": frozenset({"dataset"})}


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
