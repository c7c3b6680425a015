"""How the two metadata formats of the ecosystem are walked: a table of keys, and what to do with a key outside it.

A table maps a key to a row: which function states its value, for which field. Keys of the older schema are understood
and told, misspelt ones are found by likeness, dead ones (`tosca`, build badges) are passed over in silence: the payload
keeps them. Border: the tables stand in `deep_v1` and `ai4_v2`; which one reads a file is decided by its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias, Union

from vocab.readers.json_text import parse_json
from vocab.readers.notes import Notes
from vocab.readers.tree import Node, Parsed
from vocab.readers.yaml_text import parse_yaml
from vocab.record import Document

Say: TypeAlias = Callable[[Notes, Node, str], object]

_LIKENESS = 0.8
_MAX_KEYS = 200
_LONGEST_KEY = 60

# Keys that tell a V1 file from a V2 file, whatever version it says it is.
_SHAPES = {
    "deep_v1": frozenset(
        {"sources", "date_creation", "dataset_url", "cite_url", "training_files_url", "tosca", "continuous_integration"}
    ),
    "ai4_v2": frozenset({"links", "dates", "libraries", "tasks", "categories", "tags", "data-type", "resources"}),
}
_DECISIVE = {"deep_v1": "sources", "ai4_v2": "links"}

# The keys at the top level of both formats: where sections begin in a file that does not parse.
TOP_KEYS = frozenset(
    {
        "metadata_version",
        "title",
        "summary",
        "description",
        "doi",
        "license",
        "licence",
        "provenance",
        "keywords",
        "sata-type",
        *_SHAPES["deep_v1"],
        *_SHAPES["ai4_v2"],
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One key: how it is said and for which field; without `say` it is known and passed over.

    `legacy_for` is the key that the schema has today.
    """

    say: Say | None = None
    field: str = ""
    legacy_for: str | None = None


Table: TypeAlias = Mapping[str, Union[Row, "Table"]]

DEAD = Row()


def parse_document(document: Document) -> Parsed:
    """The tree of a metadata file: JSON or YAML by what it looks like, the file's name decides when that is open."""
    looks_like_json = document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if document.path.lower().endswith(".json"):
        parsed = parse_json(document.body)
        if parsed.root is None and not looks_like_json and _is_mapping(other := parse_yaml(document.body, TOP_KEYS)):
            return Parsed(other.root, [*parsed.defects, *other.defects], other.complete)
        return parsed
    if looks_like_json:
        # JSON may hold tabs, which YAML loaders refuse, so it is never given to one first.
        parsed = parse_json(document.body)
        if not parsed.defects:
            return parsed
    return parse_yaml(document.body, TOP_KEYS)


def _is_mapping(parsed: Parsed) -> bool:
    return parsed.root is not None and isinstance(parsed.root.value, dict)


def shape_of(root: Node) -> str:
    """The reader whose format this is: `sources` or `links` decides, else the majority of the keys, else the newer."""
    decisive = [name for name, key in _DECISIVE.items() if key in root.members()]
    if len(decisive) == 1:
        return decisive[0]
    counts = {name: len(keys & root.members().keys()) for name, keys in _SHAPES.items()}
    return "deep_v1" if counts["deep_v1"] > counts["ai4_v2"] else "ai4_v2"


def walk(notes: Notes, node: Node, table: Table, path: str = "") -> None:
    """Says every member of a mapping by the table."""
    for name, value in list(node.members().items())[:_MAX_KEYS]:
        known = _known_key(notes, name, value, node, table, path)
        if known is None:
            continue
        row = table[known]
        if not isinstance(row, Row):
            _section(notes, value, row, f"{path}{known}")
        elif row.legacy_for is not None and value.value is not None:
            notes.tell(
                "key-legacy",
                f"`{path}{name}` is a key of the older schema",
                at=value,
                field=row.field,
                found=f"{path}{name}",
                expected=row.legacy_for,
            )
        if isinstance(row, Row) and row.say is not None:
            _say(notes, value, row.say, row.field, f"{path}{name}")


def _section(notes: Notes, value: Node, table: Table, path: str) -> None:
    if isinstance(value.value, dict):
        walk(notes, value, table, f"{path}.")
    elif value.value is not None:
        notes.tell("shape-unexpected", f"`{path}` is no mapping", at=value, field=path, expected="keys and values")


def _say(notes: Notes, value: Node, say: Say, field: str, path: str) -> None:
    if value.value is None:
        notes.tell("value-null", f"`{path}` has no value", at=value, field=path, found="null")
        return
    say(notes, value, field)


def _known_key(notes: Notes, name: str, value: Node, parent: Node, table: Table, path: str) -> str | None:
    """The key of the table that is meant, after telling when it is not spelt so."""
    if name in table:
        return name
    plain = {_plain(each): each for each in table}
    found = plain.get(_plain(name))
    if found is None:
        close = get_close_matches(_plain(name), plain, n=1, cutoff=_LIKENESS) if 3 < len(name) < _LONGEST_KEY else []
        found = plain[close[0]] if close else None
    if found is None or (found in parent.members()):
        notes.tell("key-unknown", f"`{path}{name}` is no key of the schema", at=value, found=f"{path}{name}")
        return None
    notes.tell(
        "key-misspelt",
        f"`{path}{name}` is read as `{path}{found}`",
        at=value,
        found=f"{path}{name}",
        expected=f"{path}{found}",
    )
    return found


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")
