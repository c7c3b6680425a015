"""Where a deposit or an image says otherwise than the module: licence, version, title, each told to its record.

Border: what is shown was decided before; two files of one repository are compared in `vocab.merging.conflicts`.
"""

from __future__ import annotations

from collections.abc import Iterator

from vocab.evidence_names import title_key
from vocab.findings import finding
from vocab.licences import compatible
from vocab.merging.choice import Desk, is_weak, label
from vocab.merging.values import SAME_THING, part_of
from vocab.module import Licence, Version
from vocab.precedence import DEPOSITS, IMAGES
from vocab.record import Finding, Statement

_ELSEWHERE = (DEPOSITS, IMAGES)


def conflicts_elsewhere(desk: Desk, licence: Licence, version: str | None, title: str) -> Iterator[Finding]:
    """What the records of deposits and images say otherwise than what is shown."""
    if not desk.places.repositories:
        return
    yield from _licences(desk, licence)
    yield from _versions(desk, version)
    yield from _titles(desk, title)


def _said_elsewhere(desk: Desk, field: str) -> Iterator[Statement]:
    """What the deposits say first and what the images say first, of today's place."""
    for readers in _ELSEWHERE:
        found = (each for each in desk.said(field) if each.origin.reader in readers and desk.places.of(each) == 0)
        first = next(found, None)
        if first is not None:
            yield first


def _licences(desk: Desk, licence: Licence) -> Iterator[Finding]:
    holds = licence.concluded
    for each in _said_elsewhere(desk, "licence.declared"):
        value = part_of("LicenceValue", each.value)
        if holds is None or holds.spdx is None or compatible(holds, value):
            continue
        yield _told(
            "conflict-licence-elsewhere", f"The record bears {value.spdx}, the module {holds.spdx}.", each,
            value.spdx, holds.spdx,
        )


def _versions(desk: Desk, version: str | None) -> Iterator[Finding]:
    same = SAME_THING["versions"]
    for each in _said_elsewhere(desk, "version"):
        said = str(each.value)
        if version is not None and same(Version(said)) != same(Version(version)):
            yield _told(
                "conflict-version", f"{label(each)} has version {said}, the newest release is {version}.", each, said,
                version,
            )


def _titles(desk: Desk, title: str) -> Iterator[Finding]:
    """One that says more or less of the same title is no other one."""
    shown = title_key(title)
    for each in _said_elsewhere(desk, "title"):
        said = title_key(str(each.value))
        if not is_weak(each) and said not in shown and shown not in said:
            message = f"`title`: the module is called “{title}”, {label(each)} says “{each.value}”."
            yield _told("conflict-sources", message, each, str(each.value), title)


def _told(code: str, message: str, statement: Statement, found: str, expected: str) -> Finding:
    at = statement.origin
    return finding(
        code, message, source=at.source, entry=at.entry, file=at.file, line=at.line, field=statement.field,
        found=found, expected=expected,
    )
