"""Source records of one module → the module: which value wins, what the others said, what contradicts itself.

The order of belief stands in `vocab.precedence`. An empty value never wins over a full one, because readers state no
empty values. The same records give the same bytes in any order. Border: which records are one module is
`vocab.identity`; whether the result is complete and sensible is `vocab.checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from vocab.identifiers import repository_address, repository_key
from vocab.licences import compatible, conclude
from vocab.merging.aliases import aliases_of, names_before
from vocab.merging.choice import Desk, choose, collect, in_order_of_belief
from vocab.merging.conflicts import conflicts
from vocab.merging.dates import dates_of
from vocab.merging.origins import Ledger, Origins
from vocab.merging.people import authors_of, contacts_of
from vocab.merging.places import places_of
from vocab.merging.relations import judged, relations_of, resolved
from vocab.merging.values import SAME_THING, part_of
from vocab.module import Distribution, Identifier, Licence, Link, Module, Relation, Resource, SourceRef, Version
from vocab.record import Finding, SourceRecord, Statement
from vocab.text import title_from_name

TOOL = "tool"

Addressed = TypeVar("Addressed", Link, Distribution)

# A term that only says that the right one is not in the list.
NO_TERM = "other"


@dataclass(frozen=True, slots=True)
class Merged:
    """A module, where each of its values comes from, and what contradicts itself.

    `waiting` are base models that are some only if what they name is a module, which `with_modules` is told.
    """

    module: Module
    origins: Origins
    findings: tuple[Finding, ...]
    waiting: tuple[Relation, ...] = ()

    def with_modules(self, modules: Mapping[str, str]) -> Merged:
        """The same once it is known which targets of relations are modules of ours: target → slug."""
        relations = resolved(self.module.relations, self.waiting, modules, self.module.slug)
        fields = dict(self.origins.fields)
        if "relations" in fields:
            fields["relations"] = judged(fields["relations"], modules, self.module.slug)
        return replace(self, module=replace(self.module, relations=relations), origins=Origins(fields), waiting=())


def merge(
    records: Sequence[SourceRecord],
    *,
    slug: str,
    uri: str,
    curated: Iterable[Statement] = (),
    relations: Iterable[Relation] = (),
) -> Merged:
    """Puts the module together.

    Args:
        records: what the sources say, all of one module.
        slug: its slug.
        uri: its persistent URI.
        curated: a curator's statements; they are believed before all others.
        relations: relations to other modules that were worked out beyond these records, as successors are.
    """
    places = places_of(records)
    desk = Desk(places, in_order_of_belief(places, curated), Ledger(), [])
    versions = _versions(desk)
    licence, rule = _licence(desk)
    identifiers = collect(desk, "identifiers")
    aliases = aliases_of(desk, identifiers)
    stated, waiting = relations_of(desk, relations, aliases)
    authors = authors_of(desk)
    terms = {name: _terms(desk, name) for name in ("libraries", "tasks", "categories", "data_types", "communities")}
    module = Module(
        slug=slug, uri=uri, title=_title(desk, slug), type=_type(desk, terms["categories"]),
        summary=_text(desk, "summary"), description=_text(desk, "description"), version=_version(desk, versions),
        keywords=collect(desk, "keywords"), libraries=terms["libraries"], tasks=terms["tasks"],
        categories=terms["categories"], data_types=terms["data_types"], communities=terms["communities"],
        licence=licence, dates=dates_of(desk, versions),
        authors=authors, contacts=contacts_of(desk, authors),
        identifiers=identifiers, links=_links(desk), distributions=_distributions(desk),
        training_data=collect(desk, "training_data"), publications=_publications(desk, identifiers),
        relations=stated, requirements=collect(desk, "requirements"), aliases=aliases,
        sources=tuple(SourceRef(each.source, each.key, each.url, each.revision) for each in places.records),
    )
    module = replace(module, versions=_with_current(versions, module.version))
    found = (*desk.findings, *conflicts(desk, licence, rule))
    return Merged(module, desk.ledger.origins(), tuple(dict.fromkeys(found)), waiting)


def _text(desk: Desk, field: str) -> str | None:
    chosen = choose(desk, field)
    return str(chosen.value) if chosen is not None else None


def _title(desk: Desk, slug: str) -> str:
    stated = _text(desk, "title")
    if stated is not None:
        return stated
    if not desk.places.records:
        return slug
    record = desk.places.records[0]
    title = title_from_name(record.url)
    desk.ledger.derive("title", title, "nobody states a title: the repository's name", record.source, record.key)
    return title


def _type(desk: Desk, categories: Iterable[str]) -> str:
    stated = _text(desk, "type")
    return stated or (TOOL if TOOL in categories else "module")


def _terms(desk: Desk, field: str) -> tuple[str, ...]:
    better = any(each.value != NO_TERM for each in desk.said(field))

    def refuse(each: Statement) -> str | None:
        return "others name a better term" if better and each.value == NO_TERM else None

    return collect(desk, field, refuse)


def _licence(desk: Desk) -> tuple[Licence, str]:
    """Declared, detected, concluded. The file of an earlier place does not speak against today's declaration."""
    declared = choose(desk, "licence.declared")
    value = part_of("LicenceValue", declared.value) if declared is not None else None

    def refuse(each: Statement) -> str | None:
        if declared is None or desk.places.of(each) <= desk.places.of(declared):
            return None
        contradicts = not compatible(value, part_of("LicenceValue", each.value))
        return "is the licence file of an earlier place" if contradicts else None

    found = choose(desk, "licence.detected", refuse)
    detected = part_of("LicenceValue", found.value) if found is not None else None
    if declared is not None and declared.origin.reader == "curator":
        concluded, rule = value, "a curator says it"
    else:
        concluded, rule = conclude(value, detected)
    if concluded is not None:
        origin = (declared if concluded is value and declared is not None else found or declared)
        if origin is not None:
            desk.ledger.derive("licence.concluded", concluded.spdx or concluded.raw, rule,
                               origin.origin.source, origin.origin.entry)
    return Licence(value, detected, concluded), rule


def _versions(desk: Desk) -> tuple[Version, ...]:
    """Newest first; those without a date last."""
    found: list[Version] = sorted(collect(desk, "versions"), key=lambda each: each.name)
    return tuple(sorted(found, key=lambda each: each.date or "", reverse=True))


def _version(desk: Desk, versions: Sequence[Version]) -> str | None:
    stated = _text(desk, "version")
    if stated is not None:
        return stated
    newest = next((each.name for each in versions if each.release), None)
    if newest is not None and desk.places.records:
        record = desk.places.records[0]
        desk.ledger.derive("version", newest, "the newest release", record.source, record.key)
    return newest


def _with_current(versions: tuple[Version, ...], name: str | None) -> tuple[Version, ...]:
    """Marks the current version, which is added when no tag bears its name."""
    if name is None:
        return versions
    same = SAME_THING["versions"]
    current = same(Version(name))
    marked = tuple(replace(each, current=same(each) == current) for each in versions)
    return marked if any(each.current for each in marked) else (Version(name, current=True), *marked)


def _only_today(desk: Desk, field: str, part: str, value: str) -> Callable[[Statement], str | None]:
    """Refuses the source code of earlier places and of the older metadata file when a better witness states some."""

    def concerned(each: Statement) -> bool:
        return isinstance(each.value, dict) and each.value.get(part) == value

    stated = [each for each in desk.said(field) if concerned(each)]
    latest = min((desk.places.of(each) for each in stated), default=0)
    in_new_file = {each.origin.entry for each in stated if each.origin.reader == "ai4_v2"}

    def refuse(each: Statement) -> str | None:
        if not concerned(each):
            return None
        if desk.places.of(each) > latest:
            return "the module has moved since; the address stays an alias"
        older = each.origin.reader == "deep_v1" and each.origin.entry in in_new_file
        return "the newer metadata file is believed before the older one" if older else None

    return refuse


def _links(desk: Desk) -> tuple[Link, ...]:
    own = _own_repository(desk)
    of_earlier_places = _only_today(desk, "links", "rel", "source_code")

    def refuse(each: Statement) -> str | None:
        value = each.value if isinstance(each.value, dict) else {}
        address = repository_address(value.get("url"))
        if value.get("rel") == "homepage" and address and address.key in desk.places.place and not address.below:
            return "it is no page beside the repository"
        return of_earlier_places(each)

    links = tuple(dict.fromkeys(_spelt(desk, each) for each in collect(desk, "links", refuse)))
    if own is None or any(each.rel == "source_code" and repository_key(each.url) == own.key for each in links):
        return links
    desk.ledger.derive("links", own.url, "the repository itself", own.source, own.key)
    return (Link("source_code", own.url), *links)


def _distributions(desk: Desk) -> tuple[Distribution, ...]:
    said = collect(desk, "distributions", _only_today(desk, "distributions", "kind", "source"))
    found = tuple(_spelt(desk, each) if each.kind == "source" else each for each in said)
    own = _own_repository(desk)
    if own is None or any(each.kind == "source" for each in found):
        return found
    desk.ledger.derive("distributions", own.url, "the repository itself", own.source, own.key)
    return (*found, Distribution("source", url=own.url))


def _spelt(desk: Desk, part: Addressed) -> Addressed:
    """The repository's own address as it is today, in the letters in which its forge writes it."""
    address = repository_address(part.url)
    if address is None or address.below:
        return part
    key = address.key
    own = next((one for one in desk.places.records if key == one.key or key in names_before(one)), None)
    return replace(part, url=own.url) if own is not None else part


def _publications(desk: Desk, identifiers: Iterable[Identifier]) -> tuple[Resource, ...]:
    """What is written about the module; its own DOI is how it is cited, not another work."""
    own = {each.value.casefold() for each in identifiers if each.scheme == "doi" and each.role != "paper"}

    def refuse(each: Statement) -> str | None:
        value = each.value if isinstance(each.value, dict) else {}
        return "it is the module's own DOI" if value.get("doi") in own else None

    return collect(desk, "publications", refuse)


def _own_repository(desk: Desk) -> SourceRecord | None:
    return next((each for each in desk.places.records if repository_key(each.url) == each.key), None)
