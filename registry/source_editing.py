"""One source entered or changed by a person: checked like a sources file, and, unless told otherwise, tried first.

Border: the form of a source stands in `registry.source_files`, trying it in `registry.trying`. Nothing is stored of a
source that cannot be harvested, but by a person who says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from registry.credentials import store_credential
from registry.errors import SourceError
from registry.services import Services
from registry.source_files import Source, make_source
from registry.source_rows import COMMON, require_source, source_by_name
from registry.tables import source
from registry.trying import Trial, try_definition


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of saving a source: the source as it is registered, or why it was not; `trial` when it was tried."""

    source: Source | None
    trial: Trial | None


def add_source(
    services: Services, table: Mapping[str, Any], secret: str | None = None, *, untried: bool = False
) -> Saved:
    """Register a new source.

    Args:
        services: the store.
        table: its keys as in the sources file.
        secret: its own credential, used for the trial and stored with it.
        untried: store it whatever the trial would say.

    Raises:
        SourceError: one line that says what is wrong in it, or that the name is taken.
    """
    wanted = make_source(table, "the source")
    if source_by_name(services.database, wanted.name) is not None:
        raise SourceError(f"name: found {wanted.name!r}, which is registered already, expected another name")
    return _save(services, wanted, secret, untried=untried)


def change_source(
    services: Services, name: str, table: Mapping[str, Any], secret: str | None = None, *, untried: bool = False
) -> Saved:
    """Put these keys in the place of those of a registered source. Raises `SourceError` as `add_source`."""
    before = require_source(services.database, name)
    wanted = make_source({**table, "name": name, "kind": table.get("kind", before.kind)}, "the source")
    if wanted.kind != before.kind:
        raise SourceError(
            f"kind: found {wanted.kind!r}, expected {before.kind!r} as it is registered; remove it first, or choose "
            "another name"
        )
    return _save(services, wanted, secret, untried=untried)


def table_of_source(each: Source) -> dict[str, Any]:
    """The keys of a registered source as its table has them."""
    return {"name": each.name, "kind": each.kind, "enabled": each.enabled,
            **{name: value for name in COMMON if (value := getattr(each, name)) is not None}, **each.settings}


def _save(services: Services, wanted: Source, secret: str | None, *, untried: bool) -> Saved:
    trial = None if untried else try_definition(services, wanted, secret)
    if trial is not None and not trial.good:
        return Saved(None, trial)
    common = {name: value for name in COMMON if (value := getattr(wanted, name)) is not None}
    values = {"kind": wanted.kind, "enabled": wanted.enabled, "settings": wanted.settings | common}
    with services.database.write() as connection:
        here = source.c.name == wanted.name
        if connection.scalar(select(source.c.name).where(here)) is None:
            position = (connection.scalar(select(func.max(source.c.position))) or 0) + 1
            connection.execute(source.insert().values(name=wanted.name, position=position, **values))
        else:
            connection.execute(source.update().where(here).values(values))
    if secret:
        store_credential(services, wanted.name, secret)
    return Saved(require_source(services.database, wanted.name), trial)
