"""`README`: where a banner says the module went, and a title and first paragraph for want of anything better.

A banner stands in the first lines. "now maintained in", "moved to" → the same module elsewhere; "replaced by",
"superseded by", "use … instead" → another one. Every repository that the banner links to counts: the first may be a
mirror on another forge. Border: links further down say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vocab.identifiers import repositories_in
from vocab.readers.banners import banner_of, is_banner
from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line, plain_text

READER = "readme"

BANNER_LINES = 30
_MAX_BLOCKS = 200
_MAX_BLOCK = 5_000
_LEAST_PARAGRAPH = 40

_MAX_FRONT_MATTER = 50_000
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:[\w-]+:.*\n(?:.*\n)*?)?---[ \t]*\n")
_RULE_LINE = re.compile(r"\s*(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(?P<text>\S.*?)\s*#*\s*$")
_NO_PROSE = re.compile(r"\s*(?:#|\[!|!\[|<|\||>|```|~~~|[-*+]\s|\d+[.)]\s|\[[^\]]+\]:|:|={3,})")
_BADGE_LINE = re.compile(r"\s*(?:\[!\[|!\[|<)")


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines without an empty one between them."""

    line: int
    text: str


def blocks(text: str, limit: int | None = None) -> list[Block]:
    """The blocks of a text, up to the line `limit`; a heading begins no new one, a horizontal rule does."""
    found: list[Block] = []
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n")[:limit], ""], 1):
        if line.strip() and not _RULE_LINE.match(line):
            lines.append(line[:_MAX_BLOCK])
        elif lines:
            found.append(Block(number - len(lines), "\n".join(lines)[:_MAX_BLOCK]))
            lines = []
            if len(found) >= _MAX_BLOCKS:
                break
    return found


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the banner, the heading and the first paragraph."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "text", empty_is_defect=False)
    if decoded.text is None:
        return notes.reading(parsed=False)
    text = _without_front_matter(decoded.text)
    for block in blocks(text, BANNER_LINES):
        _say_banner(notes, block)
    _say_words(notes, text)
    return notes.reading()


def _without_front_matter(text: str) -> str:
    """The text with the settings that stand before it between two lines of `---` left blank, so that lines count."""
    found = _FRONT_MATTER.match(text[:_MAX_FRONT_MATTER])
    return "\n" * found.group().count("\n") + text[found.end():] if found else text


def _say_banner(notes: Notes, block: Block) -> None:
    said = banner_of(block.text)
    if said is None:
        return
    has_moved = said == "moved"
    field = "evidence.moved_to" if has_moved else "evidence.replaced_by"
    for offset, line in enumerate(block.text.split("\n")):
        if _BADGE_LINE.match(line):
            continue
        for key in repositories_in(line):
            if key == notes.context.entry:
                continue
            notes.say(field, key, at=block.line + offset, raw=line.strip(), rule="banner")
            told = (
                f"the README says that this is now maintained in {key}"
                if has_moved
                else f"the README says that {key} replaces this"
            )
            notes.tell("repository-moved", told, at=block.line + offset, found=key)


def _say_words(notes: Notes, text: str) -> None:
    for block in blocks(text):
        if is_banner(block.text):
            continue
        heading = _HEADING.match(block.text.split("\n", 1)[0])
        if heading and not notes.has("title") and (title := one_line(plain_text(heading["text"]))):
            notes.say("title", title[:300], at=block.line, rule="derived from the first heading")
        elif not _NO_PROSE.match(block.text) and len(plain_text(block.text)) >= _LEAST_PARAGRAPH:
            notes.say("description", block.text.strip(), at=block.line, rule="derived from the first paragraph")
            return
