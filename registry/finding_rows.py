"""The write side of findings: all findings of one scope are replaced together, and only when they are others.

A scope is what they were found in: `listing:SOURCE`, `entry:SOURCE/KEY` or `module:ID`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from registry.tables import finding
from vocab.record import Finding

_NAMES = tuple(each.name for each in fields(Finding))
_Key = tuple[object, ...]

# Asked for every entry and module that is touched; made once, because making a statement takes as long as running it.
_COLUMNS = tuple(finding.c[name] for name in _NAMES)
_SCOPES: BindParameter[Any] = bindparam("scopes", expanding=True)
_KEPT = select(*_COLUMNS, finding.c.module_id).where(finding.c.scope == bindparam("scope")).order_by(finding.c.id)
_OF_SCOPES = select(*_COLUMNS).where(finding.c.scope.in_(_SCOPES)).order_by(finding.c.id)
_ASSIGN = (
    finding.update()
    .where(finding.c.scope.in_(_SCOPES), finding.c.module_id.is_distinct_from(bindparam("module")))
    .values(module_id=bindparam("module"))
)


def listing_scope(source: str) -> str:
    """The scope of what is wrong with a source's listing as a whole."""
    return f"listing:{source}"


def entry_scope(source: str, key: str) -> str:
    """The scope of what is wrong with reaching one entry."""
    return f"entry:{source}/{key}"


def module_scope(module_id: int) -> str:
    """The scope of what is wrong with a module and the records behind it."""
    return f"module:{module_id}"


def replace_findings(
    connection: Connection, scope: str, found: Iterable[Finding], module_id: int | None = None
) -> bool:
    """Make these the findings of a scope, each once, in their order; returns whether that wrote anything."""
    wanted = list(dict.fromkeys((*_row(each), module_id) for each in found))
    kept = [tuple(row) for row in connection.execute(_KEPT, {"scope": scope})]
    if kept == wanted:
        return False
    if kept:
        connection.execute(finding.delete().where(finding.c.scope == scope))
    if wanted:
        names = (*_NAMES, "module_id")
        rows = [dict(zip(names, row, strict=True)) | {"scope": scope} for row in wanted]
        connection.execute(finding.insert(), rows)
    return True


def findings_of_scopes(connection: Connection, scopes: Sequence[str]) -> list[Finding]:
    """The findings of these scopes, by id."""
    rows = connection.execute(_OF_SCOPES, {"scopes": scopes}).all()
    return [Finding(*row) for row in rows]


def assign_findings(connection: Connection, scopes: Sequence[str], module_id: int | None) -> None:
    """Say of which module the findings of these scopes speak; writes only where it said something else."""
    connection.execute(_ASSIGN, {"scopes": scopes, "module": module_id})


def count_of_source(connection: Connection, source: str) -> dict[str, int]:
    """How many findings of each severity speak of a source: its listing, its entries, its records."""
    rows = connection.execute(
        select(finding.c.severity, func.count()).where(finding.c.source == source).group_by(finding.c.severity)
    ).all()
    return {row.severity: row[1] for row in rows}


def storable(value: object) -> object:
    """Text without what PostgreSQL cannot keep: NUL, and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    return str(value).replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _row(found: Finding) -> _Key:
    return tuple(storable(getattr(found, name)) for name in _NAMES)
