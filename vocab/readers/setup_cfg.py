"""`setup.cfg`: the `[metadata]` section of setuptools and pbr, whose keys are spelt in two ways.

Border: a `file:` or `attr:` reference is not followed; interpolation is off.
"""

from __future__ import annotations

import configparser
import re

from vocab.readers import addresses, values
from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.readers.people import say_label
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading

READER = "setup_cfg"

_REFERENCE = re.compile(r"(file|attr)\s*:")


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the metadata section."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "an INI file", empty_is_defect=False)
    notes.tell_all(decoded.defects)
    if decoded.text is None:
        return notes.reading(parsed=False)
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(decoded.text)
    except configparser.Error as problem:
        line = getattr(problem, "lineno", None) or next((number for number, _ in getattr(problem, "errors", [])), 1)
        notes.tell("ini-unreadable", problem.message.split("\n", 1)[0], at=line)
        return notes.reading(parsed=False)
    if parser.has_section("metadata"):
        given = {name.replace("_", "-"): (value or "").strip() for name, value in parser.items("metadata")}
        _say_metadata(
            notes, {name: value for name, value in given.items() if value and not _REFERENCE.match(value)}, decoded.text
        )
    return notes.reading()


def _say_metadata(notes: Notes, given: dict[str, str], text: str) -> None:
    def node(name: str) -> Node:
        wanted = re.compile(rf"{re.escape(name)}\s*[=:]", re.IGNORECASE)
        line = next(
            (number for number, each in enumerate(text.split("\n"), 1) if wanted.match(each.replace("_", "-"))), 1
        )
        return Node(given[name], line)

    for name, field in (("version", "version"), ("summary", "summary"), ("description", "summary")):
        if name in given and not (name == "description" and "summary" in given):
            values.say_line(notes, node(name), field)
    for name, field in (("author", "authors"), ("maintainer", "contacts")):
        if name in given:
            say_label(notes, node(name), field, given.get(f"{name}-email", ""))
    if "license" in given:
        values.say_licence(notes, node("license"))
    if "keywords" in given:
        values.say_keywords(notes, node("keywords"))
    for name in ("home-page", "url"):
        if name in given:
            addresses.say_link(notes, node(name), name, "homepage")
