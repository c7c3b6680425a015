"""Choosing: all statements about one field in the order of belief, one winner or a list without doubles, and why.

Border: which fields there are and what becomes of the values is `vocab.merge`; ranks stand in `vocab.precedence`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from vocab.fields import FIELDS
from vocab.identifiers import repository_key
from vocab.merging.origins import Ledger
from vocab.merging.places import Places
from vocab.merging.values import SAME_THING, completed, part_of
from vocab.precedence import LABELS, order_key, rank
from vocab.record import Finding, SourceRecord, Statement
from vocab.text import is_repository_name, is_template_text, looks_like_file_name

# What a reader fills in where nobody wrote anything, by the rule under which it says so.
_FILLED_IN = frozenset({"default title", "name of the image", "release notes"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the table while one module is put together.

    `told` are statements of things that the module names and that are not of it: they complete what it says of them.
    `disowned` are things that it names as its own and that say that they are of another module, and of which.
    """

    places: Places
    statements: dict[str, tuple[Statement, ...]]
    ledger: Ledger
    findings: list[Finding]
    told: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    disowned: Mapping[str, str] = field(default_factory=dict)

    def said(self, field: str) -> tuple[Statement, ...]:
        """All statements about a field, the most believed first."""
        return self.statements.get(field, ())


def in_order_of_belief(
    places: Places, curated: Iterable[Statement], records: Iterable[SourceRecord]
) -> dict[str, tuple[Statement, ...]]:
    """The statements of curators and of these records by field, the most believed first; evidence left out."""
    by_field: dict[str, list[tuple[tuple[object, ...], Statement]]] = {}
    sequences: list[Sequence[Statement]] = [list(curated), *(record.statements for record in records)]
    for at, statements in enumerate(sequences):
        for index, each in enumerate(statements):
            if each.field.startswith("evidence.") or part_of(FIELDS[each.field].kind, each.value) is None:
                continue
            key = (is_weak(each), order_key(each.field, each.origin.reader, places.of(each)), at, index)
            by_field.setdefault(each.field, []).append((key, each))
    return {
        field: tuple(each for _, each in sorted(found, key=lambda pair: pair[0])) for field, found in by_field.items()
    }


def is_weak(statement: Statement) -> bool:
    """Is it a template's text, filled in by a program, or a repository's name where a title should stand?"""
    if statement.origin.rule in _FILLED_IN:
        return True
    if statement.origin.reader == "curator" or statement.field not in {"title", "summary"}:
        return False
    text = str(statement.value)
    if is_template_text(text):
        return True
    return statement.field == "title" and is_written_like_a_repository(text, statement.origin.entry)


def is_written_like_a_repository(title: str, *repositories: str) -> bool:
    """Is a title no more than the name of one of these repositories? With blanks between its words it is for people."""
    if " " in title.strip():
        return False
    return looks_like_file_name(title) or any(is_repository_name(title, each) for each in repositories)


def choose(desk: Desk, field: str, refuse: Callable[[Statement], str | None] = lambda _: None) -> Statement | None:
    """The most believed statement about a field of one value that is not refused; all of them go into the ledger.

    Args:
        desk: what lies on the table.
        field: the field.
        refuse: says why a statement cannot be right, or None.
    """
    refused = {id(each): why for each in desk.said(field) if (why := refuse(each))}
    good = [each for each in desk.said(field) if id(each) not in refused]
    winner = good[0] if good else None
    if winner is not None:
        desk.ledger.note(winner, won=True, why=_why_won(desk, winner, good[1:]))
    for each in desk.said(field):
        if each is not winner:
            why = refused.get(id(each)) or (why_not(desk, winner, each) if winner is not None else "refused")
            desk.ledger.note(each, won=False, why=why)
    return winner


def collect(
    desk: Desk,
    field: str,
    refuse: Callable[[Statement], str | None] = lambda _: None,
    leave_out: Callable[[Statement], bool] = lambda _: False,
) -> tuple[Any, ...]:
    """All things that are named for a field, each once, completed by whoever knows more; the most believed first.

    What is left out is dealt with elsewhere.
    """
    same, kind = SAME_THING[field], FIELDS[field].kind
    found: dict[str, Any] = {}
    first: dict[str, Statement] = {}
    for each in desk.said(field):
        if leave_out(each):
            continue
        if why := refuse(each):
            desk.ledger.note(each, won=False, why=why)
            continue
        part = part_of(kind, each.value)
        key = same(part)
        if key not in found:
            found[key], first[key] = part, each
            desk.ledger.note(each, won=True, why=f"{label(each)} names it")
            continue
        whole = part if kind == "str" else completed(found[key], part)
        why = "says the same" if kind == "str" or whole == found[key] else f"completes what {label(first[key])} says"
        found[key] = found[key] if kind == "str" else whole
        desk.ledger.note(each, won=False, why=why)
    return tuple(found.values())


def label(statement: Statement) -> str:
    """Who says it, for people."""
    origin = statement.origin
    return origin.file or LABELS.get(origin.reader, origin.reader)


def same_value(a: Statement, b: Statement) -> bool:
    """Do both say the same, blanks and letter case of texts aside?"""
    return _comparable(a) == _comparable(b)


def _comparable(statement: Statement) -> object:
    value = statement.value
    if isinstance(value, dict):
        said = value.get("spdx") or repository_key(value.get("url")) or value
        return said if isinstance(said, str) else orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    if isinstance(value, str) and statement.field.startswith("dates."):
        return value[:10]
    return " ".join(str(value).split()).casefold()


def _why_won(desk: Desk, winner: Statement, others: Sequence[Statement]) -> str:
    different = next((each for each in others if not same_value(winner, each)), None)
    if different is None:
        return "all that say something say the same" if others else "nobody else says anything"
    return _reason(desk, winner, different)


def why_not(desk: Desk, winner: Statement, loser: Statement) -> str:
    """Why a statement was not taken."""
    return "says the same" if same_value(winner, loser) else _reason(desk, winner, loser)


def _reason(desk: Desk, winner: Statement, loser: Statement) -> str:
    if winner.origin.reader == "curator":
        return "a curator's word is believed before all others"
    if is_weak(loser) and not is_weak(winner):
        return f"what {label(loser)} says is a template's text or a repository's name"
    first, second = desk.places.of(winner), desk.places.of(loser)
    ranks = [rank(winner.field, each.origin.reader) for each in (winner, loser)]
    by_reader = _step(winner) != _step(loser)
    if first != second and not (by_reader and ranks[0] < ranks[1]):
        today, earlier = desk.places.name_of(first), desk.places.name_of(second)
        return f"the module is maintained in {today} today, {earlier} is an earlier place"
    if ranks[0] != ranks[1]:
        return f"{label(winner)} is believed before {label(loser)}"
    return f"{label(winner)} says it first"


def _step(statement: Statement) -> int:
    """The first thing by which the statement is ordered, places aside."""
    return order_key(statement.field, statement.origin.reader, 0)[0]
