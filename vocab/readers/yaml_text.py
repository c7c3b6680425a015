"""YAML text → a tree with lines: all scalars as text, no implicit types, duplicate keys joined and told.

Built from libyaml's events, so no tag makes an object, no recursion is left to the input, and aliases count with the
size of what they stand for. Text that does not parse goes to `yaml_salvage`. YAML 1.1; of several documents the first
counts. Border: no field name is known here, except those that a reader passes as the known top-level keys.
"""

from __future__ import annotations

from collections.abc import Iterable

import yaml

from vocab.readers.payload_text import payload_text
from vocab.readers.tree import MAX_DEPTH, MAX_NODES, Defect, Node, Parsed, joined
from vocab.readers.yaml_salvage import salvage

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableYamlError(Exception):
    """The text is no YAML; `line` counts from 1. `is_bomb`: it is more than we read, and nothing is saved of it."""

    def __init__(self, line: int, message: str, *, is_bomb: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.is_bomb = is_bomb


def parse_yaml(body: bytes, known: Iterable[str] = ()) -> Parsed:
    """The tree of a YAML payload and the defects of its text.

    Args:
        body: the payload.
        known: the keys that a reader knows at the top level; they tell sections from prose when the text is broken.
    """
    decoded = payload_text(body, "YAML")
    if decoded.text is None:
        return Parsed(None, decoded.defects, complete=False)
    try:
        root, defects = compose(decoded.text)
    except UnreadableYamlError as problem:
        if problem.is_bomb:
            told = Defect("yaml-unreadable", problem.line, problem.message)
            return Parsed(None, [*decoded.defects, told], complete=False)
        mended = salvage(decoded.text, problem.line, problem.message, _composed_or_none, frozenset(known))
        return Parsed(mended.root, [*decoded.defects, *mended.defects], mended.complete)
    return Parsed(root, [*decoded.defects, *defects])


def _composed_or_none(text: str) -> tuple[Node | None, list[Defect]] | str:
    """What `salvage` asks: the tree and its defects, or why there is none."""
    try:
        return compose(text)
    except UnreadableYamlError as problem:
        return problem.message


def compose(text: str) -> tuple[Node | None, list[Defect]]:
    """The tree of the first document in a text.

    Raises:
        UnreadableYamlError: when it is no YAML, too deep, or too large once its aliases are counted.
    """
    builder = _Builder()
    last_line = 1
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            last_line = event.start_mark.line + 1 if event.start_mark else last_line
            if isinstance(event, yaml.DocumentEndEvent) and builder.root is not None:
                break
            builder.take(event, last_line)
    except yaml.MarkedYAMLError as problem:
        line = getattr(problem.problem_mark or problem.context_mark, "line", last_line - 1) + 1
        told = " ".join(part for part in (problem.problem, problem.context) if part) or "no YAML"
        raise UnreadableYamlError(line, told, is_bomb="nesting depth" in told) from None
    except yaml.reader.ReaderError as problem:
        place = problem.position if isinstance(problem.position, int) else 0
        raise UnreadableYamlError(text.count("\n", 0, place) + 1, "a control character, which YAML forbids") from None
    return builder.root, builder.defects


class _Builder:
    """Turns events into nodes without recursion."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.defects: list[Defect] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int, int]] = {}
        self._weight = 0

    def take(self, event: yaml.Event, line: int) -> None:
        """One event."""
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style is None or event.style == ""
            value = None if plain and event.value in _NULLS else event.value
            self._add(Node(value, line), event.anchor, 1, 0)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(self._open) >= MAX_DEPTH:
                raise UnreadableYamlError(line, f"nested deeper than {MAX_DEPTH} levels", is_bomb=True)
            self._open.append(_Open(isinstance(event, yaml.MappingStartEvent), line, event.anchor))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self._open.pop()
            self._add(done.node(self.defects), done.anchor, done.weight, done.height + 1)
        elif isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(event.anchor or "")
            if known is None:
                raise UnreadableYamlError(line, f"the alias `*{event.anchor}` names nothing")
            self._add(Node(known[0].value, line), None, known[1], known[2])

    def _add(self, node: Node, anchor: str | None, weight: int, height: int) -> None:
        if anchor:
            self._anchors[anchor] = (node, weight, height)
        self._weight += weight
        if self._weight > MAX_NODES * 2 or weight > MAX_NODES or len(self._open) + height > MAX_DEPTH:
            raise UnreadableYamlError(
                node.line, "too many or too deeply nested values once the aliases are counted", is_bomb=True
            )
        if self._open:
            self._open[-1].add(node, weight, height)
        else:
            self.root = node


class _Open:
    """A mapping or list that has begun."""

    def __init__(self, is_mapping: bool, line: int, anchor: str | None) -> None:
        self.is_mapping = is_mapping
        self.line = line
        self.anchor = anchor
        self.weight = 1
        self.height = 0
        self.nodes: list[Node] = []

    def add(self, node: Node, weight: int, height: int) -> None:
        """A key, a value or an element."""
        self.nodes.append(node)
        self.weight += weight
        self.height = max(self.height, height)

    def node(self, defects: list[Defect]) -> Node:
        """The finished node; duplicate keys are joined and told."""
        if not self.is_mapping:
            return Node(self.nodes, self.line)
        members: dict[str, Node] = {}
        for key, value in zip(self.nodes[::2], self.nodes[1::2], strict=False):
            name = (key.text() or "").strip()
            # A value stands where its key stands: block text starts at its indicator, lists a line below.
            placed = Node(value.value, key.line, value.mended)
            if name in members:
                told = f"the key `{name}` stands on line {members[name].line} and again on line {key.line}"
                defects.append(Defect("yaml-duplicate-key", key.line, told, found=name))
                placed = joined(members[name], placed)
            members[name] = placed
        return Node(members, self.line)
