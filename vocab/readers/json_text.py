"""JSON text → a tree with lines: strict JSON without a defect, broken JSON repaired where the meaning is plain.

Repairs (each a `json-repaired` finding at its line): trailing, missing and doubled commas, raw line breaks, tabs and
unescaped quotes in strings, a string that is not closed before the next key, single quotes, bare words, comments, a
byte order mark. A key that stands twice is joined and told. Text that stays unreadable gives what stood before it.
RFC 8259; border: no field name is known here.
"""

from __future__ import annotations

import json
import re

from vocab.readers.payload_text import payload_text
from vocab.readers.tree import MAX_DEPTH, MAX_NODES, Defect, Node, Parsed, joined

MAX_DEFECTS = 20

_BLANK = re.compile(r"[ \t\n]*")
_STRAY = re.compile(r"//[^\n]*|/\*.*?\*/|#[^\n]*|(\\[nrt])+", re.DOTALL)
_PLAIN = {'"': re.compile(r'[^"\\\x00-\x1f]*'), "'": re.compile(r"[^'\\\x00-\x1f]*")}
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?(?=[\s,\]}]|$)")
_MAX_DIGITS = 300
_BARE = re.compile(r"[^\s,\]}\[{:\"']+")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_FOREIGN_WORDS: dict[str, bool | None] = {"True": True, "False": False, "None": None, "undefined": None, "NaN": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_VALUE_BEGINS = re.compile(r"[\"'\[{\w-]")
_HEX4 = re.compile(r"[0-9a-fA-F]{4}")
_KEY_FOLLOWS = re.compile(r"\n\s*(\"[^\"\n]{0,80}\"\s*:|[}\]]\s*,?\s*(\n|$))")
_AFTER_STRING = re.compile(r"[ \t]*(\\[nrt])*([,:}\]\n\"]|//|/\*|$)")


class UnreadableJsonError(Exception):
    """The text cannot be repaired beyond this line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def parse_json(body: bytes) -> Parsed:
    """The tree of a JSON payload, the defects of its text, and whether all of it could be read."""
    decoded = payload_text(body, "JSON")
    if decoded.text is None:
        return Parsed(None, decoded.defects, complete=False)
    scanner = _Scanner(decoded.text)
    if decoded.marked:
        scanner.repair("a byte order mark stands before the text")
    parsed = scanner.parse()
    return Parsed(parsed.root, [*decoded.defects, *parsed.defects], parsed.complete)


class _Scanner:
    """Recursive descent over one text, keeping the line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.defects: list[Defect] = []
        self.nodes = 0
        self.partial: Node | None = None
        self._counted_to = 0
        self._line = 1

    def parse(self) -> Parsed:
        """The whole text."""
        complete = True
        root: Node | None
        try:
            self.skip()
            root = self.value(0)
            self.skip()
            self.end()
        except UnreadableJsonError as problem:
            root, complete = self.partial, False
            self.defects.append(Defect("json-unreadable", problem.line, problem.message))
        return Parsed(root, self.defects[:MAX_DEFECTS], complete)

    def end(self) -> None:
        """What stands after the value: nothing, or brackets and commas too many."""
        rest = self.text[self.at:].strip()
        if rest.strip("}],"):
            raise UnreadableJsonError(self.line(), f"text after the end of the value: {_shown(rest)}")
        if rest:
            self.repair("brackets or commas after the end of the value")

    def line(self) -> int:
        """The line of the place where we are; counted on from the last question, so all questions are one pass."""
        if self.at < self._counted_to:
            self._counted_to, self._line = 0, 1
        self._line += self.text.count("\n", self._counted_to, self.at)
        self._counted_to = self.at
        return self._line

    def repair(self, message: str, place: int | None = None) -> None:
        """Notes a repair at this place, or at an earlier one."""
        if len(self.defects) >= MAX_DEFECTS:
            return
        line = self.line() if place is None else self.text.count("\n", 0, place) + 1
        self.defects.append(Defect("json-repaired", line, message))

    def skip(self) -> str:
        """Passes blanks and comments; the character that follows, empty at the end."""
        while True:
            match = _BLANK.match(self.text, self.at)
            self.at = match.end() if match else self.at
            stray = _STRAY.match(self.text, self.at) if self.text[self.at:self.at + 1] in ("/", "#", "\\") else None
            if stray is None:
                return self.text[self.at:self.at + 1]
            self.repair(
                "an escape outside of a text" if stray.group()[0] == "\\" else "a comment, which JSON does not have"
            )
            self.at = stray.end()

    def value(self, depth: int) -> Node:
        """The value that begins here."""
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise UnreadableJsonError(self.line(), "nested too deeply or too many values")
        char = self.text[self.at:self.at + 1]
        line = self.line()
        if char == "{":
            return self.mapping(line, depth)
        if char == "[":
            return self.sequence(line, depth)
        if char in ('"', "'"):
            return Node(self.string(char), line)
        return self.word(line)

    def mapping(self, line: int, depth: int) -> Node:
        """The mapping whose brace is here."""
        members: dict[str, Node] = {}
        if depth == 0:
            self.partial = Node(members, line)
        self.at += 1
        while self.more("}"):
            key_line = self.line()
            name = self.key()
            value = self.value(depth + 1)
            if name in members:
                told = f"the key `{name}` stands on line {members[name].line} and again on line {key_line}"
                self.defects.append(Defect("json-duplicate-key", key_line, told, found=name))
                value = joined(members[name], value)
            members[name] = value
        return Node(members, line)

    def sequence(self, line: int, depth: int) -> Node:
        """The list whose bracket is here."""
        elements: list[Node] = []
        self.at += 1
        while self.more("]"):
            elements.append(self.value(depth + 1))
        return Node(elements, line)

    def more(self, closing: str) -> bool:
        """Whether a further element follows; passes what separates it, or the closing bracket."""
        opening = self.text[self.at - 1:self.at] in ("{", "[") and self.text[self.at - 1:self.at] != ""
        place = self.at
        char = self.skip()
        commas = 0
        while char == ",":
            commas += 1
            self.at += 1
            if commas == 1 and not opening:
                place = self.at
            else:
                self.repair("a comma too many")
            char = self.skip()
        if char == closing:
            if commas == 1 and not opening:
                self.repair("a comma before the closing bracket", place)
            self.at += 1
            return False
        if not char:
            raise UnreadableJsonError(self.line(), f"the file ends before the closing `{closing}`")
        if char in "}]":
            raise UnreadableJsonError(self.line(), f"`{char}` where `{closing}` or a further value was expected")
        if not commas and not opening:
            self.repair("a comma is missing between two values", place)
        return True

    def key(self) -> str:
        """A key and its colon."""
        char = self.text[self.at:self.at + 1]
        if char in ('"', "'"):
            name = self.string(char)
        else:
            match = _BARE.match(self.text, self.at)
            if match is None:
                raise UnreadableJsonError(self.line(), f"{_shown(self.text[self.at:])} where a key was expected")
            name = match.group()
            self.repair(f"the key `{_shown(name)}` is not in quotes")
            self.at = match.end()
        if self.skip() == ":":
            self.at += 1
        else:
            if not _VALUE_BEGINS.match(self.text, self.at):
                raise UnreadableJsonError(self.line(), f"no colon after the key `{_shown(name)}`")
            self.repair(f"no colon after the key `{_shown(name)}`")
        self.skip()
        return name

    def string(self, quote: str) -> str:
        """The string whose opening quote is here."""
        if quote == "'":
            self.repair("single quotes around a text")
        self.at += 1
        parts: list[str] = []
        broken = False
        while True:
            match = _PLAIN[quote].match(self.text, self.at)
            if match:
                parts.append(match.group())
                self.at = match.end()
            char = self.text[self.at:self.at + 1]
            if char == quote:
                if _AFTER_STRING.match(self.text, self.at + 1):
                    self.at += 1
                    return "".join(parts)
                self.repair("a quote inside a text")
                parts.append(char)
                self.at += 1
            elif char == "\\":
                parts.append(self.escape())
            elif not char:
                raise UnreadableJsonError(self.line(), "the file ends inside a text")
            elif char == "\n" and _KEY_FOLLOWS.match(self.text, self.at):
                self.repair("a text is not closed by a quote")
                return "".join(parts).rstrip().rstrip(",")
            else:
                if not broken:
                    self.repair("a raw line break in a text" if char == "\n" else "a raw control character in a text")
                broken = True
                parts.append(char)
                self.at += 1

    def escape(self) -> str:
        """The character behind a backslash."""
        char = self.text[self.at + 1:self.at + 2]
        if char in _ESCAPES:
            self.at += 2
            return _ESCAPES[char]
        if char == "u" and _HEX4.match(self.text, self.at + 2):
            return self.code_unit()
        self.repair(f"`\\{_shown(char)}` is no escape of JSON")
        self.at += 1
        return "\\"

    def code_unit(self) -> str:
        """An escape of four hexadecimal digits, or two that make one character."""
        number = int(self.text[self.at + 2:self.at + 6], 16)
        self.at += 6
        if (
            0xD800 <= number < 0xDC00
            and self.text[self.at : self.at + 2] == "\\u"
            and _HEX4.match(self.text, self.at + 2)
        ):
            low = int(self.text[self.at + 2:self.at + 6], 16)
            if 0xDC00 <= low < 0xE000:
                self.at += 6
                return chr(0x10000 + ((number - 0xD800) << 10) + (low - 0xDC00))
        return "\ufffd" if 0xD800 <= number < 0xE000 else chr(number)

    def word(self, line: int) -> Node:
        """A number, `true`, `false` or `null`; anything else bare is text."""
        number = _NUMBER.match(self.text, self.at)
        if number and len(number.group()) <= _MAX_DIGITS:
            self.at = number.end()
            return Node(json.loads(number.group()), line)
        match = _BARE.match(self.text, self.at)
        if match is None:
            raise UnreadableJsonError(self.line(), f"{_shown(self.text[self.at:])} where a value was expected")
        word = match.group()
        if word not in _WORDS:
            self.repair(f"`{_shown(word)}` is not in quotes")
        self.at = match.end()
        return Node({**_WORDS, **_FOREIGN_WORDS}.get(word, word), line)


def _shown(text: str) -> str:
    """The beginning of a text, for a message."""
    return "".join(char if char.isprintable() else " " for char in text[:30]).strip() or "the end of the file"
