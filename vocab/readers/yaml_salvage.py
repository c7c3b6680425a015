"""YAML that does not parse → what can be saved of it, section by section.

Tabs for indentation are replaced; else the text is cut at its top-level keys and every section parsed on its own. In a
broken section, prose is taken as it stands (an unquoted `: `, `**bold**` read as an alias, text that is not indented),
a mapping or list is tried member by member, and only what is left is dropped. Every repair is a defect at its line.
Border: the YAML parser and the known keys come in; no other knowledge of fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from vocab.readers.tree import Defect, Node, Parsed, joined

Compose: TypeAlias = Callable[[str], "tuple[Node | None, list[Defect]] | str"]

MAX_LINES = 5_000
_MAX_ROUNDS = 2

_KEY = re.compile(r"(?P<indent> *)(?P<quote>[\"']?)(?P<name>[A-Za-z_][\w.@-]{0,60})(?P=quote)\s*:(?P<rest>$|\s.*)")
_ITEM = re.compile(r"(?P<indent> *)-(?P<rest>$|\s.*)")
_BLOCK_MARK = re.compile(r"[|>][+-]?\d?[+-]?\s*(#.*)?$")
_COMMENT_OR_BLANK = re.compile(r"\s*(#.*)?$")
_END_OF_DOCUMENT = re.compile(r"(---|\.\.\.)\s*$")


def salvage(text: str, line: int, problem: str, compose: Compose, known: frozenset[str]) -> Parsed:
    """What can be saved of a text in which the parser stopped at `line` because of `problem`."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        return Parsed(None, [Defect("yaml-unreadable", line, problem)], complete=False)
    untabbed = _without_tabs(lines, compose)
    if untabbed is not None:
        return untabbed
    work = _Salvage(compose, known, Defect("yaml-salvaged", line, problem))
    members = work.mapping(lines, 1, 0, 0)
    if not members:
        return Parsed(None, [Defect("yaml-unreadable", line, problem)], complete=False)
    return Parsed(Node(members, 1), work.told(), work.complete)


def _without_tabs(lines: list[str], compose: Compose) -> Parsed | None:
    tabbed = [number for number, each in enumerate(lines, 1) if "\t" in each[: len(each) - len(each.lstrip())]]
    if not tabbed:
        return None
    for width in (2, 4, 8):
        mended = "\n".join(
            each[: len(each) - len(each.lstrip())].replace("\t", " " * width) + each.lstrip() for each in lines
        )
        composed = compose(mended)
        if not isinstance(composed, str):
            told = Defect("yaml-salvaged", tabbed[0], "tabs used for indentation, which YAML forbids")
            return Parsed(composed[0], [told, *composed[1]])
    return None


class _Salvage:
    """One text being saved; `complete` turns False when something is dropped."""

    def __init__(self, compose: Compose, known: frozenset[str], cause: Defect) -> None:
        self.compose = compose
        self.known = known
        self.cause = cause
        self.defects: list[Defect] = []
        self.complete = True

    def told(self) -> list[Defect]:
        """The defects, with the parser's own words first, or at the repair of the same line."""
        for at, each in enumerate(self.defects):
            if each.line == self.cause.line:
                told = Defect(each.code, each.line, f"{each.message}: {self.cause.message}", each.found, each.expected)
                return [*self.defects[:at], told, *self.defects[at + 1:]]
        return [self.cause, *self.defects]

    def note(self, line: int, message: str) -> None:
        """Notes a repair or a loss."""
        self.defects.append(Defect("yaml-salvaged", line, message))

    def drop(self, line: int, message: str) -> None:
        """Notes a loss."""
        self.complete = False
        self.note(line, message)

    def mapping(self, lines: list[str], first: int, indent: int, depth: int) -> dict[str, Node]:
        """The members of a mapping whose keys stand at `indent`; `first` is the number of the first line."""
        members: dict[str, Node] = {}
        starts = [at for at, each in enumerate(lines) if self._begins(each, indent, depth)]
        lost = [at for at, each in enumerate(lines[: starts[0]] if starts else lines) if not _ignorable(each)]
        if lost:
            self.drop(first + lost[0], "text before the first key, dropped")
        for at, end in zip(starts, [*starts[1:], len(lines)], strict=False):
            name, node = self._section(lines[at:end], first + at, indent, depth)
            if node is None:
                continue
            if name in members:
                self.note(first + at, f"the key `{name}` stands twice")
                node = joined(members[name], node)
            members[name] = node
        return members

    def _begins(self, line: str, indent: int, depth: int) -> bool:
        match = _KEY.match(line)
        if match is None or len(match["indent"]) != indent:
            return False
        # In a broken text, `Note: …` at the margin is prose; a key of ours is known or all lower case.
        return depth > 0 or match["name"] in self.known or match["name"] == match["name"].lower()

    def _section(self, lines: list[str], first: int, indent: int, depth: int) -> tuple[str, Node | None]:
        match = _KEY.match(lines[0])
        name, rest = (match["name"], match["rest"].strip()) if match else ("", "")
        composed = self.compose("\n".join(each[indent:] for each in lines))
        if not isinstance(composed, str) and composed[0] is not None:
            node = composed[0].get(name)
            if node is not None and len(composed[0].members()) == 1:
                self.defects += [_shifted(each, first) for each in composed[1]]
                return name, _placed(node, first)
        return name, self._broken(name, rest, lines[1:], first, depth)

    def _broken(self, name: str, rest: str, body: list[str], first: int, depth: int) -> Node | None:
        """A section that does not parse: its list, its mapping, or its prose."""
        content = [each for each in body if not _COMMENT_OR_BLANK.match(each)]
        inner = min((len(each) - len(each.lstrip(" ")) for each in content), default=0)
        at_inner = [each for each in content if len(each) - len(each.lstrip(" ")) == inner]
        if not rest and at_inner and all(_ITEM.match(each) for each in at_inner):
            return Node(self._elements(body, first + 1, inner), first, mended=True)
        if (
            not rest
            and at_inner
            and depth < _MAX_ROUNDS
            and sum(bool(_KEY.match(each)) for each in at_inner) * 2 > len(at_inner)
        ):
            return Node(dict(self.mapping(body, first + 1, inner, depth + 1)), first, mended=True)
        if rest and content and all(_ITEM.match(each) for each in content):
            composed = self.compose(rest)
            if not isinstance(composed, str) and composed[0] is not None:
                at = next(number for number, each in enumerate(body, first + 1) if _ITEM.match(each))
                self.drop(at, f"list elements that belong to no key, after the value of `{name}`, dropped")
                return Node(composed[0].value, first)
        if rest[:1] in ("[", "{"):
            self.drop(first, f"the value of `{name}` cannot be read, dropped")
            return None
        text = _prose(rest, body)
        if not text:
            self.drop(first, f"the value of `{name}` cannot be read, dropped")
            return None
        self.note(first, f"the value of `{name}` is no YAML, taken as plain text")
        return Node(text, first, mended=True)

    def _elements(self, body: list[str], first: int, indent: int) -> list[Node]:
        """The elements of a list, each parsed on its own; a broken one is its text."""
        elements: list[Node] = []
        starts = [at for at, each in enumerate(body) if (match := _ITEM.match(each)) and len(match["indent"]) == indent]
        for at, end in zip(starts, [*starts[1:], len(body)], strict=False):
            composed = self.compose("\n".join(each[indent:] for each in body[at:end]))
            if not isinstance(composed, str) and composed[0] is not None and len(composed[0].items()) == 1:
                elements.append(_placed(composed[0].items()[0], first + at))
            elif text := _prose(body[at].strip()[1:].strip(), body[at + 1:end]):
                self.note(first + at, "a list element is no YAML, taken as plain text")
                elements.append(Node(text, first + at, mended=True))
        return elements


def _prose(rest: str, body: list[str]) -> str:
    """The text of a section as it stands, without the block indicator, the indentation and the quotes."""
    head = "" if _BLOCK_MARK.match(rest) else rest
    inner = min((len(each) - len(each.lstrip(" ")) for each in body if each.strip()), default=0)
    kept = [each[inner:].rstrip() for each in body if not _END_OF_DOCUMENT.match(each)]
    text = "\n".join([head, *kept]).strip()
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        text = text[1:-1]
    return text


def _ignorable(line: str) -> bool:
    return bool(_COMMENT_OR_BLANK.match(line) or _END_OF_DOCUMENT.match(line) or line.startswith("%"))


def _shifted(defect: Defect, first: int) -> Defect:
    return Defect(defect.code, defect.line + first - 1, defect.message, defect.found, defect.expected)


def _placed(node: Node, first: int) -> Node:
    """The node with its lines counted in the whole text."""
    line = node.line + first - 1
    if isinstance(node.value, list):
        return Node([_placed(each, first) for each in node.value], line, node.mended)
    if isinstance(node.value, dict):
        return Node({name: _placed(each, first) for name, each in node.value.items()}, line, node.mended)
    return Node(node.value, line, node.mended)
