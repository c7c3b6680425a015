"""Questions about findings: what is wrong with which record, where, and how it is mended."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, func, select

from registry.database import Database
from registry.tables import finding, module


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """One finding as outsiders see it; `module` is a slug, `id` is for paging and moves when findings are replaced."""

    id: int
    code: str
    severity: str
    message: str
    mend: str
    module: str | None = None
    source: str | None = None
    entry: str | None = None
    file: str | None = None
    line: int | None = None
    field: str | None = None
    found: str | None = None
    expected: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg findings --json`: absent values are absent."""
        return {name: value for name, value in asdict(self).items() if value is not None and name != "id"}


def list_findings(
    database: Database,
    *,
    module: str | None = None,
    source: str | None = None,
    severity: str | None = None,
    code: str | None = None,
    entry: str | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> list[StoredFinding]:
    """Findings by id, optionally of one module, source, severity, code or entry; those with an id after `after`."""
    question = _filtered(
        select(*(finding.c[name] for name in _COLUMNS), _module_slug()).order_by(finding.c.id),
        module, source, severity, code, entry,
    )
    if after is not None:
        question = question.where(finding.c.id > after)
    if limit is not None:
        question = question.limit(limit)
    with database.read() as connection:
        return [StoredFinding(**row._mapping) for row in connection.execute(question)]


def count_findings(
    database: Database,
    *,
    module: str | None = None,
    source: str | None = None,
    severity: str | None = None,
    code: str | None = None,
    entry: str | None = None,
) -> dict[str, int]:
    """How many findings there are of each severity that occurs, with the same choice as `list_findings`."""
    question = _filtered(select(finding.c.severity, func.count()), module, source, severity, code, entry)
    with database.read() as connection:
        rows = connection.execute(question.group_by(finding.c.severity)).all()
    return {row[0]: row[1] for row in sorted(rows)}


_COLUMNS = (
    "id", "code", "severity", "message", "mend", "source", "entry", "file", "line", "field", "found", "expected",
)


def _module_slug() -> Any:
    return module.c.slug.label("module")


def _filtered(
    question: Select[Any], slug: str | None, source: str | None, severity: str | None, code: str | None,
    entry: str | None,
) -> Select[Any]:
    question = question.select_from(finding.outerjoin(module, finding.c.module_id == module.c.id))
    for column, wanted in (
        (module.c.slug, slug), (finding.c.source, source), (finding.c.severity, severity), (finding.c.code, code),
        (finding.c.entry, entry),
    ):
        if wanted is not None:
            question = question.where(column == str(wanted))
    return question
