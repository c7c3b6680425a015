"""Created, updated, issued, content: the most believed date that can be right.

A creation after the last change, or an update before the creation, is out-ruled and told. There is no clock here: what
is too late is told from the last commit. Border: what is a date at all is decided in `vocab.dates`.
"""

from __future__ import annotations

from vocab.dates import EARLIEST, in_order
from vocab.findings import finding
from vocab.merging.choice import Desk, choose
from vocab.module import Dates, Version
from vocab.record import Statement


def dates_of(desk: Desk, versions: tuple[Version, ...]) -> Dates:
    """The four dates of a module."""
    content = choose(desk, "dates.content", _too_early)
    last = max((str(each.value) for each in desk.said("dates.content")), default=None)

    def created_refused(each: Statement) -> str | None:
        late = last is not None and not in_order(str(each.value), last)
        return _too_early(each) or (f"lies after the last change of {last}" if late else None)

    created = choose(desk, "dates.created", created_refused)

    def updated_refused(each: Statement) -> str | None:
        early = created is not None and not in_order(str(created.value), str(each.value))
        return _too_early(each) or (f"lies before the creation on {_value(created)}" if early else None)

    updated = choose(desk, "dates.updated", updated_refused)
    issued = choose(desk, "dates.issued", _too_early)
    for name, refuse in (("dates.created", created_refused), ("dates.updated", updated_refused)):
        _tell(desk, name, refuse)
    return Dates(
        created=_value(created),
        updated=_value(updated) or _from_content(desk, content),
        issued=_value(issued) or _from_release(desk, versions),
        content=_value(content),
    )


def _value(statement: Statement | None) -> str | None:
    return str(statement.value) if statement is not None else None


def _too_early(statement: Statement) -> str | None:
    return f"lies before {EARLIEST}" if str(statement.value)[:10] < EARLIEST else None


def _tell(desk: Desk, name: str, refuse: object) -> None:
    told = {
        (one.entry, one.file, one.line) for record in desk.places.records for one in record.findings
        if one.code == "date-order"
    }
    for each in desk.said(name):
        why = refuse(each) if callable(refuse) else None
        origin = each.origin
        # An archived file need not be mended, and its reader may have told the same.
        if why and desk.places.of(each) == 0 and (origin.entry, origin.file, origin.line) not in told:
            desk.findings.append(finding(
                "date-implausible", f"`{name}` is {each.value}, which {why}.", source=origin.source, entry=origin.entry,
                file=origin.file, line=origin.line, field=name, found=str(each.value),
            ))


def _from_content(desk: Desk, content: Statement | None) -> str | None:
    if content is None:
        return None
    day = str(content.value)[:10]
    desk.ledger.derive("dates.updated", day, "nobody states it: the day of the last change of content",
                       content.origin.source, content.origin.entry)
    return day


def _from_release(desk: Desk, versions: tuple[Version, ...]) -> str | None:
    day = max((each.date[:10] for each in versions if each.release and each.date), default=None)
    if day is not None and desk.places.records:
        record = desk.places.records[0]
        desk.ledger.derive("dates.issued", day, "the day of the newest release", record.source, record.key)
    return day
