"""Aliases and mentions: by which identifiers a module is known, and which identifiers its relations name.

A relation that names another module of ours by repository, image or DOI becomes a relation to its slug. Because that
other module may come later, each module keeps what it mentions: when an alias comes or goes, those that mention it are
published again.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select

from registry.records import chunks
from registry.tables import alias, mention, module
from vocab.merging.relations import names_of
from vocab.module import Alias, Module, Relation, Status

_NAMED = (
    select(alias.c.value, module.c.slug, module.c.status)
    .join(alias, alias.c.module_id == module.c.id)
    .where(alias.c.value.in_(bindparam("values", expanding=True)))
)


def modules_named(connection: Connection, relations: Iterable[Relation]) -> dict[str, str]:
    """Which targets of relations are modules of ours: target → slug."""
    names = {target: names_of(target) for target in sorted({each.target for each in relations})}
    bearing = _bearing(connection, {value for each in names.values() for value in each})
    found = {target: next(filter(None, (bearing.get(value) for value in values)), None)
             for target, values in names.items()}
    return {target: slug for target, slug in found.items() if slug is not None}


def keep_aliases(connection: Connection, module_id: int, aliases: Iterable[Alias]) -> set[str]:
    """Make these the aliases of a module; returns the values that came or went."""
    wanted = {(each.value, each.kind) for each in aliases}
    here = alias.c.module_id == module_id
    kept = {(row.value, row.kind) for row in connection.execute(select(alias.c.value, alias.c.kind).where(here))}
    for value, kind in sorted(kept - wanted):
        connection.execute(alias.delete().where(here, alias.c.value == value, alias.c.kind == kind))
    new = [{"value": value, "kind": kind, "module_id": module_id} for value, kind in sorted(wanted - kept)]
    if new:
        connection.execute(alias.insert(), new)
    return {value for value, _ in kept ^ wanted}


def keep_mentions(connection: Connection, module_id: int, named: Iterable[Relation], shown: Module) -> bool:
    """Keep what a module's relations name, as they were stated and as they are shown; returns whether that wrote."""
    wanted = {value for each in named for value in names_of(each.target)}
    wanted |= {slug_mention(each.target) for each in shown.relations if "/" not in each.target}
    here = mention.c.module_id == module_id
    kept = set(connection.scalars(select(mention.c.value).where(here)))
    for value in sorted(kept - wanted):
        connection.execute(mention.delete().where(here, mention.c.value == value))
    new = [{"value": value, "module_id": module_id} for value in sorted(wanted - kept)]
    if new:
        connection.execute(mention.insert(), new)
    return kept != wanted


def slug_mention(slug: str) -> str:
    """What is kept for a relation that is shown with this slug, so that a new title reaches the faces."""
    return f"slug:{slug}"


def mentioning(connection: Connection, values: Iterable[str]) -> set[int]:
    """The modules that mention any of these."""
    wanted = sorted(values)
    return set(connection.scalars(select(mention.c.module_id).where(mention.c.value.in_(wanted)))) if wanted else set()


def _bearing(connection: Connection, values: set[str]) -> dict[str, str]:
    """The one module that each of these identifiers names; where there is more than one, a guess is no relation."""
    public: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for chunk in chunks(sorted(values)):
        for row in connection.execute(_NAMED, {"values": chunk}):
            found = public if row.status == Status.PUBLISHED.value else others
            found.setdefault(row.value, set()).add(row.slug)
    candidates = {value: public.get(value) or others.get(value, set()) for value in values}
    return {value: next(iter(slugs)) for value, slugs in candidates.items() if len(slugs) == 1}
