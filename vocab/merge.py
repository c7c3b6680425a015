"""Source records of one module → the module: which value wins, what the others said, what contradicts itself.

The order of belief stands in `vocab.precedence`. An empty value never wins over a full one, because readers state no
empty values. The same records give the same bytes in any order. Border: which records are one module is
`vocab.identity`; whether the result is complete and sensible is `vocab.checks`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vocab.identifiers import doi_key
from vocab.merging.addresses import distributions_of, links_of
from vocab.merging.aliases import aliases_of
from vocab.merging.choice import Desk, choose, collect, in_order_of_belief
from vocab.merging.conflicts import conflicts
from vocab.merging.dates import dates_of
from vocab.merging.elsewhere import conflicts_elsewhere
from vocab.merging.licence import licence_of
from vocab.merging.origins import Ledger, Origins
from vocab.merging.people import authors_of, contacts_of
from vocab.merging.places import places_of
from vocab.merging.relations import judged, relations_of, resolved
from vocab.merging.things import as_resource, completed_resources, going_with, identifiers_of_other_kind
from vocab.merging.values import SAME_THING
from vocab.module import Identifier, Module, Relation, Resource, SourceRef, Version
from vocab.record import Finding, SourceRecord, Statement
from vocab.text import title_from_name

TOOL = "tool"

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
    things: Iterable[SourceRecord] = (),
    disowned: Mapping[str, str] | None = None,
) -> Merged:
    """Puts the module together.

    Args:
        records: what the sources say, all of one module.
        slug: its slug.
        uri: its persistent URI.
        curated: a curator's statements; they are believed before all others.
        relations: relations to other modules that were worked out beyond these records, as successors are.
        things: records of what these records name and what is not of the module, such as a data set.
        disowned: what they name as the module's own and what says that it is of another: key of the thing → of what.
    """
    places = places_of(records)
    others = sorted(things, key=lambda each: (each.key, each.source))
    told = in_order_of_belief(places, (), map(as_resource, others))
    desk = Desk(places, in_order_of_belief(places, curated, going_with(places, others)), Ledger(), [], told,
                disowned or {})
    versions = _versions(desk)
    licence, rule = licence_of(desk)
    identifiers = _identifiers(desk)
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
        identifiers=identifiers, links=links_of(desk), distributions=distributions_of(desk),
        training_data=completed_resources(desk, "training_data", collect(desk, "training_data")),
        publications=_publications(desk, identifiers),
        relations=stated, requirements=collect(desk, "requirements"), aliases=aliases,
        sources=tuple(SourceRef(each.source, each.key, each.url, each.revision) for each in places.records),
    )
    module = replace(module, versions=_with_current(versions, module.version))
    found = (
        *desk.findings, *conflicts(desk, licence, rule), *identifiers_of_other_kind(desk),
        *conflicts_elsewhere(desk, licence, module.version, module.title),
    )
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


def _identifiers(desk: Desk) -> tuple[Identifier, ...]:
    """The identifiers of the module itself; not a DOI that says that it is of another one."""

    def refuse(each: Statement) -> str | None:
        value = each.value if isinstance(each.value, dict) else {}
        of = desk.disowned.get(doi_key(str(value.get("value"))))
        return f"its own record says that it is of {of}" if value.get("scheme") == "doi" and of else None

    return collect(desk, "identifiers", refuse)


def _publications(desk: Desk, identifiers: Iterable[Identifier]) -> tuple[Resource, ...]:
    """What is written about the module; its own DOI is how it is cited, not another work."""
    own = {each.value.casefold() for each in identifiers if each.scheme == "doi" and each.role != "paper"}

    def refuse(each: Statement) -> str | None:
        value = each.value if isinstance(each.value, dict) else {}
        return "it is the module's own DOI" if value.get("doi") in own else None

    return completed_resources(desk, "publications", collect(desk, "publications", refuse))
