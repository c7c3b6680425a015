"""`ai4-metadata.yml`, version 2 of the ecosystem's metadata (YAML or JSON), as it is found.

Understands the keys of version 1 that a migration left behind. The file's `metadata_version` is not believed: modules
write their own version there. Border: `metadata` walks the table, `values` and `addresses` say the values.
Schemas 2.0.0 to 2.3.0.
"""

from __future__ import annotations

import re

from vocab.dates import iso_date
from vocab.module import Distribution
from vocab.readers import addresses, values
from vocab.readers.metadata import DEAD, Row, Table, parse_document, walk
from vocab.readers.notes import Notes
from vocab.readers.people import say_people
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading
from vocab.terms import term

READER = "ai4_v2"
FILE_NAME = "ai4-metadata.yml"

_VERSION = re.compile(r"\s*v?2(\.\d+){0,2}\s*")


def _say_version(notes: Notes, node: Node, field: str) -> None:
    text = node.text() or ""
    if not _VERSION.fullmatch(text):
        notes.tell(
            "metadata-version-odd",
            f"`metadata_version` is `{text.strip()}`, the file has the shape of version 2",
            at=node,
            field=field,
            found=text.strip(),
            expected="2.0.0",
        )


def _say_source(notes: Notes, node: Node, field: str) -> None:
    key = addresses.say_repository(notes, node, "links.source_code")
    if key is not None:
        notes.say("evidence.names_repository", key, at=node, raw=node.text())
        notes.say("evidence.code", key, at=node, raw=node.text())
        notes.say("distributions", Distribution("source", url=f"https://{key}"), at=node, rule=f"derived from {field}")


_LINKS: Table = {
    "source_code": Row(_say_source, "links.source_code"),
    "docker_image": Row(addresses.say_image, "links.docker_image"),
    "documentation": Row(
        lambda notes, node, field: addresses.say_link(notes, node, field, "documentation"), "links.documentation"
    ),
    "dataset": Row(addresses.say_dataset, "links.dataset"),
    "weights": Row(addresses.say_weights, "links.weights"),
    "citation": Row(addresses.say_publication, "links.citation"),
    "base_model": Row(addresses.say_base_model, "links.base_model"),
    "zenodo_doi": Row(addresses.say_doi, "links.zenodo_doi"),
    "self": DEAD,
    "ai4_template": DEAD,
    "cicd_url": DEAD,
    "cicd_badge": DEAD,
    "doi": Row(addresses.say_doi, "doi", "doi"),
    "dataset_url": Row(addresses.say_dataset, "links.dataset", "links.dataset"),
    "training_data": Row(addresses.say_dataset, "links.dataset", "links.dataset"),
    "cite_url": Row(addresses.say_publication, "links.citation", "links.citation"),
    "training_files_url": Row(addresses.say_weights, "links.weights", "links.weights"),
    "code": Row(_say_source, "links.source_code", "links.source_code"),
    "docker_registry_repo": Row(addresses.say_image, "links.docker_image", "links.docker_image"),
    "pre_trained_weights": Row(addresses.say_weights, "links.weights", "links.weights"),
    "homepage": Row(lambda notes, node, field: addresses.say_link(notes, node, field, "homepage"), "links.homepage"),
}

TABLE: Table = {
    "metadata_version": Row(_say_version, "metadata_version"),
    "title": Row(values.say_line, "title"),
    "summary": Row(values.say_line, "summary"),
    "description": Row(values.say_description, "description"),
    "doi": Row(addresses.say_doi, "doi"),
    "dates": {
        "created": Row(values.say_date, "dates.created"),
        "updated": Row(values.say_date, "dates.updated"),
        "issued": Row(values.say_date, "dates.issued"),
    },
    "links": _LINKS,
    "tags": Row(values.say_keywords, "keywords"),
    "tasks": Row(values.say_terms, "tasks"),
    "libraries": Row(values.say_terms, "libraries"),
    "categories": Row(values.say_terms, "categories"),
    "data-type": Row(values.say_terms, "data_types"),
    "resources": Row(values.say_requirements, "requirements"),
    "provenance": DEAD,
    "license": Row(values.say_licence, "licence.declared"),
    "licence": Row(values.say_licence, "licence.declared"),
    "version": Row(values.say_line, "version"),
    "authors": Row(say_people, "authors"),
    "author": Row(say_people, "authors"),
    "contact": Row(say_people, "contacts"),
    "maintainer": Row(say_people, "contacts"),
    "keywords": Row(values.say_keywords, "keywords", "tags"),
    "date_creation": Row(values.say_date, "dates.created", "dates.created"),
    "dataset_url": Row(addresses.say_dataset, "links.dataset", "links.dataset"),
    "cite_url": Row(addresses.say_publication, "links.citation", "links.citation"),
    "training_files_url": Row(addresses.say_weights, "links.weights", "links.weights"),
    "sources": DEAD,
    "tosca": DEAD,
    "continuous_integration": DEAD,
}


def state(notes: Notes, root: Node) -> None:
    """Says everything that a parsed file of this shape holds."""
    walk(notes, root, TABLE)
    _say_type(notes, root)
    dates = root.get("dates")
    if dates is not None:
        created, updated = (
            iso_date(each.text()) if (each := dates.get(name)) else None for name in ("created", "updated")
        )
        values.tell_order(notes, created, updated, dates.get("updated"))


def _say_type(notes: Notes, root: Node) -> None:
    """A tool is told by its category."""
    node = root.get("categories")
    if node is None:
        return
    if any(term("categories", each.text() or "") == term("categories", "tool") for each in node.items() if each.text()):
        notes.say("type", "tool", at=node, rule="derived from categories")


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a file as version 2."""
    notes = Notes(READER, document, context)
    parsed = parse_document(document)
    notes.tell_all(parsed.defects)
    if parsed.root is not None and isinstance(parsed.root.value, dict):
        state(notes, parsed.root)
    return notes.reading(parsed=parsed.complete)
