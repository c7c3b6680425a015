"""What moved between two canonical forms of a module, field by field and, in lists, item by item.

An absent value is None on its side: the canonical form knows no other. Items of a list are the same item when they
are equal or bear the same name (`_NAMES`); the order counts only where `vocab.canonical.ORDERED` says so. The stamps
of the store are no difference: they move with everything else. Border: knows values, not what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from vocab.canonical import ORDERED
from vocab.record import Json

_STAMPS = frozenset({"datestamp", "sequence"})

# What an item of a list is called by, the best first: two items that share one of these are one item that moved.
_NAMES = ("reference", "name", "purpose", "target", "key", "value", "doi", "url", "title")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that moved. `field` is its place: `licence.declared.raw`, `authors[Ada Lovelace].orcid`, `keywords[]`.

    `before` is None where there was nothing, `after` where there is nothing any more.
    """

    field: str
    before: Json | None
    after: Json | None

    @property
    def top(self) -> str:
        """The field of the module in which it moved."""
        return self.field.partition(".")[0].partition("[")[0]

    def as_json(self) -> dict[str, Json]:
        """`field`, `before`, `after`; a side where there is nothing is absent."""
        form = {"field": self.field, "before": self.before, "after": self.after}
        return {name: value for name, value in form.items() if value is not None}

    def line(self, width: int = 60) -> str:
        """For people: one line that shows where the two part; no side is longer than `width`."""
        before, after = _text(self.before), _text(self.after)
        start = _parting(before, after, width) if self.before is not None and self.after is not None else 0
        if self.before is None:
            return f"{self.field}: + {_cut(after, 0, width)}"
        if self.after is None:
            return f"{self.field}: - {_cut(before, 0, width)}"
        return f"{self.field}: {_cut(before, start, width)} -> {_cut(after, start, width)}"


def differences(before: Mapping[str, Json] | None, after: Mapping[str, Json] | None) -> tuple[Difference, ...]:
    """What moved between two canonical forms, in the order of the fields; None is a module that there is not."""
    return tuple(_of_mappings(before or {}, after or {}, "", _STAMPS))


def moved_fields(before: Mapping[str, Json] | None, after: Mapping[str, Json] | None) -> tuple[str, ...]:
    """The fields of the module in which something moved, each once, in their order."""
    old, new = before or {}, after or {}
    names = dict.fromkeys((*old, *new))
    return tuple(name for name in names if name not in _STAMPS and old.get(name) != new.get(name))


def _of_values(before: Json | None, after: Json | None, path: str) -> Iterator[Difference]:
    if before == after:
        return
    sides = [each for each in (before, after) if each is not None]
    if all(isinstance(each, dict) for each in sides):
        yield from _of_mappings(_dict(before), _dict(after), f"{path}.")
    elif all(isinstance(each, list) for each in sides):
        yield from _of_lists(_list(before), _list(after), path)
    else:
        yield Difference(path, before, after)


def _of_mappings(
    before: Mapping[str, Json], after: Mapping[str, Json], prefix: str, left_out: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    for name in dict.fromkeys((*after, *before)):
        if name not in left_out:
            yield from _of_values(before.get(name), after.get(name), f"{prefix}{name}")


def _of_lists(before: Sequence[Json], after: Sequence[Json], path: str) -> Iterator[Difference]:
    pairs, gone, came = _paired(before, after)
    for old, new in pairs:
        yield from _of_values(before[old], after[new], f"{path}[{_name(after[new])}]")
    for number in gone:
        yield Difference(f"{path}[{_name(before[number])}]", before[number], None)
    for number in came:
        yield Difference(f"{path}[{_name(after[number])}]", None, after[number])
    order = [old for old, _ in pairs]
    if path in ORDERED and order != sorted(order):
        was: list[Json] = [_title(before[old]) for old in sorted(order)]
        now: list[Json] = [_title(after[new]) for _, new in pairs]
        yield Difference(f"{path}[order]", was, now)


def _paired(before: Sequence[Json], after: Sequence[Json]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Which item became which, in the order of `after`; the items of each side that have no other."""
    gone, came = dict.fromkeys(range(len(before))), dict.fromkeys(range(len(after)))
    pairs: list[tuple[int, int]] = []

    def match(old_names: Iterable[tuple[int, bytes]], new_names: Iterable[tuple[int, bytes]]) -> None:
        waiting: dict[bytes, list[int]] = {}
        for number, name in old_names:
            waiting.setdefault(name, []).append(number)
        for number, name in new_names:
            if waiting.get(name):
                old = waiting[name].pop(0)
                pairs.append((old, number))
                del gone[old], came[number]

    match([(each, _bytes(before[each])) for each in gone], [(each, _bytes(after[each])) for each in came])
    for key in _NAMES:
        match(list(_named(before, gone, key)), list(_named(after, came, key)))
    return sorted(pairs, key=lambda pair: pair[1]), list(gone), list(came)


def _named(items: Sequence[Json], numbers: Iterable[int], key: str) -> Iterator[tuple[int, bytes]]:
    for number in numbers:
        item = items[number]
        if isinstance(item, dict) and item.get(key) is not None:
            yield number, _bytes(item[key])


def _name(item: Json) -> str:
    """What an item of a list is called in a place; a plain value stands on the sides and needs no name."""
    return _title(item) if isinstance(item, (dict, list)) else ""


def _title(item: Json) -> str:
    if isinstance(item, dict):
        found = next((item[key] for key in _NAMES if item.get(key) is not None), None)
        return _cut(_text(found), 0, 80) if found is not None else "?"
    return _text(item)


def _dict(value: Json | None) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json | None) -> Sequence[Json]:
    return value if isinstance(value, list) else []


def _bytes(value: Json) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _text(value: Json | None) -> str:
    """A value in one line."""
    plain = value if isinstance(value, str) else orjson.dumps(value).decode()
    return " ".join(plain.split())


def _parting(before: str, after: str, width: int) -> int:
    """Where two long texts begin to differ, a few words earlier; 0 when both can be shown whole."""
    if len(before) <= width and len(after) <= width:
        return 0
    shared = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    shared = min(len(before), len(after)) if shared is None else shared
    return max(0, shared - width // 3)


def _cut(text: str, start: int, width: int) -> str:
    shown = text[start : start + width]
    return ("…" if start else "") + shown + ("…" if start + width < len(text) else "")
