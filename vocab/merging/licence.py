"""Declared, detected, concluded: which licence the module bears, and what deposits say of it.

Zenodo enters CC-BY-4.0 where a release names no licence, for software too: such a licence is nobody's word, and does
not hold against what the repository says. Border: which of declaration and file holds is `vocab.licences`.
"""

from __future__ import annotations

from vocab.licences import compatible, conclude
from vocab.merging.choice import Desk, choose
from vocab.merging.values import part_of
from vocab.module import Licence
from vocab.precedence import DEPOSITS
from vocab.record import Statement

BY_DEFAULT = "CC-BY-4.0"
_DEFAULT_REFUSED = "Zenodo enters CC-BY-4.0 where a release names no licence; what the repository says holds"


def licence_of(desk: Desk) -> tuple[Licence, str]:
    """The licence, and the rule by which it was concluded.

    The licence file of an earlier place does not speak against today's declaration.
    """
    said_here = _said_by_the_repository(desk)

    def by_default(each: Statement) -> str | None:
        return _DEFAULT_REFUSED if said_here and is_default(each) else None

    declared = choose(desk, "licence.declared", by_default)
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


def is_default(statement: Statement) -> bool:
    """Is it the licence that a deposit bears when nobody chose one?"""
    return statement.origin.reader in DEPOSITS and part_of("LicenceValue", statement.value).spdx == BY_DEFAULT


def _said_by_the_repository(desk: Desk) -> bool:
    """Does anything but a deposit say another licence?"""
    said = (*desk.said("licence.declared"), *desk.said("licence.detected"))
    others = (part_of("LicenceValue", each.value) for each in said if each.origin.reader not in DEPOSITS)
    return any(each.spdx not in {None, BY_DEFAULT} for each in others)
