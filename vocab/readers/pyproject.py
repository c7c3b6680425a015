"""`pyproject.toml`: the `[project]` table (PEP 621), and `[tool.poetry]` where that is missing.

TOML keeps no lines; they are looked up in the text. Border: dependencies and build settings are not read.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from vocab.readers import addresses, values
from vocab.readers.notes import Notes, shown
from vocab.readers.payload_text import payload_text
from vocab.readers.people import say_people
from vocab.readers.tree import MAX_DEPTH, Node
from vocab.record import Document, EntryContext, Reading

READER = "pyproject"

# Label in `[project.urls]`, letters only and in lower case → relation of the link.
_URL_LABELS = {
    "documentation": "documentation", "docs": "documentation", "homepage": "homepage", "home": "homepage",
    "bugtracker": "issues", "issues": "issues", "tracker": "issues", "issuetracker": "issues", "demo": "demo",
}
_SOURCE_LABELS = frozenset({"source", "sourcecode", "repository", "code", "github", "gitlab"})
_ERROR_LINE = re.compile(r"line (\d+)")


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the project table."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "TOML", empty_is_defect=False)
    notes.tell_all(decoded.defects)
    if decoded.text is None:
        return notes.reading(parsed=False)
    try:
        tables = tomllib.loads(decoded.text)
    except (ValueError, RecursionError) as problem:
        found = _ERROR_LINE.search(str(problem))
        at_end = "end of document" in str(problem)
        line = int(found.group(1)) if found else decoded.text.count("\n") + 1 if at_end else 1
        notes.tell("toml-unreadable", shown(problem), at=line)
        return notes.reading(parsed=False)
    project = _table(tables, "project")
    if project:
        _say_project(notes, project, _Lines(decoded.text, "project"))
    elif poetry := _table(_table(tables, "tool"), "poetry"):
        _say_project(notes, poetry, _Lines(decoded.text, "tool.poetry"))
    return notes.reading()


def _table(tables: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = tables.get(name)
    return found if isinstance(found, dict) else {}


class _Lines:
    """On which line a key stands, by looking for it below the heading of its table."""

    def __init__(self, text: str, table: str) -> None:
        self.lines = text.split("\n")
        heading = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
        self.first = next((number for number, each in enumerate(self.lines, 1) if heading.match(each)), 1)

    def of(self, key: str) -> int:
        """The first line at or below the heading that begins with the key."""
        wanted = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
        return next(
            (number for number, each in enumerate(self.lines[self.first - 1 :], self.first) if wanted.match(each)),
            self.first,
        )


def _node(value: object, line: int, depth: int = 0) -> Node:
    if depth > MAX_DEPTH:
        return Node(None, line)
    if isinstance(value, dict):
        return Node({str(name): _node(each, line, depth + 1) for name, each in value.items()}, line)
    if isinstance(value, list):
        return Node([_node(each, line, depth + 1) for each in value], line)
    return Node(value if isinstance(value, (str, int, float, bool)) else str(value), line)


def _say_project(notes: Notes, project: dict[str, Any], lines: _Lines) -> None:
    simple = {
        "version": (values.say_line, "version"),
        "description": (values.say_line, "summary"),
        "authors": (say_people, "authors"),
        "maintainers": (say_people, "contacts"),
        "keywords": (values.say_keywords, "keywords"),
    }
    for key, (say, field) in simple.items():
        if project.get(key):
            say(notes, _node(project[key], lines.of(key)), field)
    _say_licence(notes, project.get("license"), lines.of("license"))
    urls: dict[str, Any] = {
        **_table(project, "urls"),
        **{name: project[name] for name in ("homepage", "repository", "documentation") if name in project},
    }
    for label, url in urls.items():
        _say_url(notes, label, _node(url, lines.of(label)))


def _say_licence(notes: Notes, licence: object, line: int) -> None:
    text = licence.get("text") if isinstance(licence, dict) else licence
    # A whole licence text here is the file's business.
    if isinstance(text, str) and "\n" not in text.strip():
        values.say_licence(notes, Node(text, line))


def _say_url(notes: Notes, label: str, node: Node) -> None:
    plain = re.sub(r"[^a-z]", "", label.lower())
    if plain in _SOURCE_LABELS:
        addresses.say_repository(notes, node, f"urls.{label}")
    elif plain in _URL_LABELS:
        addresses.say_link(notes, node, f"urls.{label}", _URL_LABELS[plain])
