"""What the text formats are parsed into: values that remember the line they stood on.

`json_text` and `yaml_text` make these trees and the readers take them apart. Scalars of YAML are always text (or
`None`), those of JSON keep their type. Border: nothing here knows a field name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vocab.record import Json

MAX_DEPTH = 40
MAX_NODES = 50_000


@dataclass(frozen=True, slots=True)
class Node:
    """One value and its line (from 1). `mended` marks a value that was read out of broken text."""

    value: str | int | float | bool | list[Node] | dict[str, Node] | None
    line: int
    mended: bool = False

    def get(self, name: str) -> Node | None:
        """The member of this name, if this is a mapping that has it."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def members(self) -> dict[str, Node]:
        """The members, if this is a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> list[Node]:
        """The elements of a list; any other value that is not empty is a list of itself."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]

    def text(self) -> str | None:
        """A scalar as text, not stripped; `None` for lists, mappings and null."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value) if isinstance(self.value, (int, float)) else None

    def plain(self) -> Json:
        """The value without its lines."""
        if isinstance(self.value, list):
            return [each.plain() for each in self.value]
        if isinstance(self.value, dict):
            return {name: each.plain() for name, each in self.value.items()}
        return self.value

    def scalars(self) -> Iterator[Node]:
        """Every scalar in here, in order."""
        if isinstance(self.value, list):
            for each in self.value:
                yield from each.scalars()
        elif isinstance(self.value, dict):
            for each in self.value.values():
                yield from each.scalars()
        else:
            yield self


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with the text itself: a code of `vocab.findings`, the line, and what was seen."""

    code: str
    line: int
    message: str
    found: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed text. `complete` is False when something that stood there is not in `root`."""

    root: Node | None
    defects: list[Defect] = field(default_factory=list)
    complete: bool = True


def joined(first: Node, second: Node) -> Node:
    """What is kept of a key that stands twice: lists and mappings joined, else the later value unless it is empty."""
    if isinstance(first.value, list) and isinstance(second.value, list):
        seen = {repr(each.plain()) for each in first.value}
        return Node([*first.value, *(each for each in second.value if repr(each.plain()) not in seen)], first.line)
    if isinstance(first.value, dict) and isinstance(second.value, dict):
        members = dict(first.value)
        for name, each in second.value.items():
            members[name] = joined(members[name], each) if name in members else each
        return Node(members, first.line)
    return first if second.value in (None, "", [], {}) else second
