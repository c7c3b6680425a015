"""From which repositories a module was harvested over OAI-PMH: what its records keep, for giving it out again.

Border: what a hop is stands in `vocab.provenance`; the registry's own sources that are no repositories have none.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from registry.tables import source_record
from vocab.canonical import record_from_json
from vocab.identifiers import EntryKind, entry_kind
from vocab.module import Module, SourceRef
from vocab.provenance import OriginDescription, origin_from_json

# A module that came by more ways than these tells of the first ones.
_MOST = 5


def is_harvested(module: Module) -> bool:
    """Whether any record of the module came over OAI-PMH."""
    return any(_harvested(module))


def origins_of(connection: Connection, module: Module) -> tuple[OriginDescription, ...]:
    """The way of each record of the module that came over OAI-PMH, by source and key."""
    found: list[OriginDescription] = []
    for each in sorted(_harvested(module), key=lambda one: (one.source, one.key))[:_MOST]:
        here = (source_record.c.source == each.source) & (source_record.c.key == each.key)
        form = connection.scalar(select(source_record.c.form).where(here))
        said = record_from_json(form).values("evidence.provenance") if form is not None else []
        found += filter(None, map(origin_from_json, said[:1]))
    return tuple(found)


def _harvested(module: Module) -> list[SourceRef]:
    return [each for each in module.sources if entry_kind(each.key) is EntryKind.OAI]
