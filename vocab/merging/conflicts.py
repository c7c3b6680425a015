"""What contradicts itself in the records of one module, as findings that name both values.

Border: which value is shown was decided before; contradictions within one file are told by its reader.
"""

from __future__ import annotations

from collections.abc import Iterator

from vocab.findings import finding
from vocab.identifiers import repository_key
from vocab.licences import compatible
from vocab.merging.aliases import names_before
from vocab.merging.choice import Desk, label, same_value
from vocab.merging.values import SAME_THING, part_of
from vocab.module import Licence
from vocab.record import Finding, Statement

# Fields of one value in which the two metadata files of one repository are compared.
COMPARED = ("title", "summary", "dates.created", "licence.declared")
# Fields of many values, and for links and distributions the kind of thing, of which a file names one.
COMPARED_THINGS = (
    ("links", "rel", "source_code"), ("distributions", "kind", "image"), ("training_data", None, None),
    ("publications", None, None), ("categories", None, None),
)
_KINDS = {"links": "Link", "distributions": "Distribution", "training_data": "Resource", "publications": "Resource"}


def conflicts(desk: Desk, licence: Licence, rule: str) -> Iterator[Finding]:
    """All contradictions."""
    yield from _licence(desk, licence, rule)
    yield from _metadata_files(desk)
    yield from _places(desk)
    yield from _former_names(desk)


def _licence(desk: Desk, licence: Licence, rule: str) -> Iterator[Finding]:
    if licence.declared is None or licence.detected is None or compatible(licence.declared, licence.detected):
        return
    at = desk.said("licence.declared")[0].origin
    declared, detected = (each.spdx or each.raw for each in (licence.declared, licence.detected))
    also = _others(desk, licence)
    yield finding(
        "conflict-licence", f"The metadata declares {declared}, the licence file is {detected}: {rule}{also}.",
        source=at.source, entry=at.entry, file=at.file, line=at.line, field="licence.declared",
        found=declared, expected=detected,
    )


def _others(desk: Desk, licence: Licence) -> str:
    """What a third file of today's place says, when it is neither of the two."""
    for each in desk.said("licence.declared"):
        value = part_of("LicenceValue", each.value)
        known = (licence.declared, licence.detected)
        if desk.places.of(each) == 0 and not any(compatible(value, other) for other in known if other is not None):
            return f"; {label(each)} says {value.spdx or value.raw}"
    return ""


def _former_names(desk: Desk) -> Iterator[Finding]:
    """The metadata links its own repository by a name that it no longer bears."""
    for record in desk.places.records:
        before = names_before(record)
        said = [
            each for each in desk.said("links")
            if before and each.origin.entry == record.key and each.origin.source == record.source
            and isinstance(each.value, dict) and each.value.get("rel") == "source_code"
        ]
        newest = min((each.origin.reader for each in said if each.origin.reader in {"ai4_v2", "deep_v1"}), default=None)
        for each in said:
            value = each.value if isinstance(each.value, dict) else {}
            key = repository_key(value.get("url"))
            if each.origin.reader == newest and key in before:
                at = each.origin
                yield finding(
                    "link-by-former-name", f"The source code is linked as {key}, which is {record.key} today.",
                    source=at.source, entry=at.entry, file=at.file, line=at.line, field="links.source_code",
                    found=str(value.get("url")), expected=record.url,
                )


def _metadata_files(desk: Desk) -> Iterator[Finding]:
    """The old and the new metadata file of one repository disagree."""
    for entry in sorted(desk.places.place):
        for field in COMPARED:
            newer, older = (_first(desk, field, entry, reader) for reader in ("ai4_v2", "deep_v1"))
            if newer is not None and older is not None and not same_value(newer, older):
                yield _disagreement(field, newer, older, _shown(newer), _shown(older))
        for field, part, value in COMPARED_THINGS:
            newer, older = (_first(desk, field, entry, reader, part, value) for reader in ("ai4_v2", "deep_v1"))
            if newer is None or older is None:
                continue
            sets = [_things(desk, field, each, part, value) for each in (newer, older)]
            missing = sets[1] - sets[0]
            if missing and (field == "categories" or not sets[0] & sets[1]):
                shown = (", ".join(sorted(sets[0])), ", ".join(sorted(sets[1])))
                yield _disagreement(field, newer, older, *shown)


def _first(
    desk: Desk, field: str, entry: str, reader: str, part: str | None = None, value: str | None = None
) -> Statement | None:
    return next((each for each in desk.said(field) if _is_from(each, entry, reader, part, value)), None)


def _is_from(each: Statement, entry: str, reader: str, part: str | None, value: str | None) -> bool:
    if each.origin.entry != entry or each.origin.reader != reader:
        return False
    return part is None or (isinstance(each.value, dict) and each.value.get(part) == value)


def _things(desk: Desk, field: str, like: Statement, part: str | None, value: str | None) -> set[str]:
    """What the file of this statement names: compared by what it is, not by how it is written."""
    same = SAME_THING[field]
    said = (each for each in desk.said(field) if _is_from(each, like.origin.entry, like.origin.reader, part, value))
    return {same(part_of(_KINDS.get(field, "str"), each.value)).split(":", 1)[-1] for each in said}


def _disagreement(field: str, newer: Statement, older: Statement, new: str, old: str) -> Finding:
    at = older.origin
    return finding(
        "conflict-metadata-files", f"`{field}`: {label(newer)} says “{new}”, {label(older)} says “{old}”.",
        source=at.source, entry=at.entry, file=at.file, line=at.line, field=field, found=old, expected=new,
    )


def _shown(statement: Statement) -> str:
    value = statement.value
    if isinstance(value, dict):
        value = value.get("spdx") or value.get("raw") or value.get("url")
    text = " ".join(str(value).split())
    return text if len(text) <= 120 else text[:119] + "…"


def _places(desk: Desk) -> Iterator[Finding]:
    """An earlier place states another date or licence than today's."""
    for field, code in (("dates.created", "conflict-dates"), ("licence.declared", "conflict-sources")):
        said = [each for each in desk.said(field) if each.origin.reader in {"ai4_v2", "deep_v1"}]
        today = next((each for each in said if desk.places.of(each) == 0), None)
        earlier = next((each for each in said if desk.places.of(each) > 0), None)
        if today is None or earlier is None or same_value(today, earlier):
            continue
        at = earlier.origin
        yield finding(
            code, f"`{field}`: {today.origin.entry} says {_shown(today)}, {at.entry} says {_shown(earlier)}.",
            source=at.source, entry=at.entry, file=at.file, line=at.line, field=field,
            found=_shown(earlier), expected=_shown(today),
        )
