"""`metadata.json`, version 1 of the ecosystem's metadata, as it is found.

Its `keywords` mix libraries, capabilities, platforms and communities; each goes where it belongs. The code repository
may be shared by several modules and is evidence only; `dockerfile_repo` is what the file calls its own. Templates for a
closed platform (`tosca`) and build badges are passed over. Border as in `ai4_v2`. Schema `ai4-apps-v1.0.0`.
"""

from __future__ import annotations

from vocab.identifiers import repository_address
from vocab.module import Distribution
from vocab.readers import addresses, values
from vocab.readers.metadata import DEAD, Row, Table, parse_document, walk
from vocab.readers.notes import Notes
from vocab.readers.people import say_people
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading

READER = "deep_v1"
FILE_NAME = "metadata.json"


def _say_code(notes: Notes, node: Node, field: str) -> None:
    key = addresses.say_repository(notes, node, field)
    if key is not None:
        notes.say("evidence.code", key, at=node, raw=node.text())
        notes.say("distributions", Distribution("source", url=f"https://{key}"), at=node, rule=f"derived from {field}")


def _say_own(notes: Notes, node: Node, field: str) -> None:
    """The repository with the Dockerfile is the module's own; what is untidy about its address is told."""
    address = addresses.address_of(notes, node, field)
    found = repository_address(address.raw) if address else None
    if address is None or found is None:
        return
    faults = [each for each in found.faults if each not in {"letter case", "blanks"}]
    if faults:
        notes.tell(
            "url-untidy",
            f"the repository address is not the plain one: {', '.join(faults)}",
            at=node,
            field=field,
            found=node.text(),
            expected=addresses.spelt(address.url, found.key),
        )
    notes.say("evidence.names_repository", found.key, at=node, raw=node.text())


TABLE: Table = {
    "title": Row(values.say_line, "title"),
    "summary": Row(values.say_line, "summary"),
    "description": Row(values.say_description, "description"),
    "date_creation": Row(values.say_date, "dates.created"),
    "keywords": Row(values.say_keywords, "keywords"),
    "license": Row(values.say_licence, "licence.declared"),
    "licence": Row(values.say_licence, "licence.declared", "license"),
    "cite_url": Row(addresses.say_publication, "cite_url"),
    "dataset_url": Row(addresses.say_dataset, "dataset_url"),
    "training_files_url": Row(addresses.say_weights, "training_files_url"),
    "doi": Row(addresses.say_doi, "doi"),
    "sources": {
        "dockerfile_repo": Row(_say_own, "sources.dockerfile_repo"),
        "docker_registry_repo": Row(addresses.say_image, "sources.docker_registry_repo"),
        "code": Row(_say_code, "sources.code"),
        "pre_trained_weights": Row(addresses.say_weights, "sources.pre_trained_weights"),
        "zenodo_doi": Row(addresses.say_doi, "sources.zenodo_doi"),
        "ai4_template": DEAD,
        "docker_tags": DEAD,
    },
    "version": Row(values.say_line, "version"),
    "author": Row(say_people, "authors"),
    "authors": Row(say_people, "authors"),
    "docker_tags": DEAD,
    "tosca": DEAD,
    "continuous_integration": DEAD,
}


def state(notes: Notes, root: Node) -> None:
    """Says everything that a parsed file of this shape holds."""
    walk(notes, root, TABLE)


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a file as version 1."""
    notes = Notes(READER, document, context)
    parsed = parse_document(document)
    notes.tell_all(parsed.defects)
    if parsed.root is not None and isinstance(parsed.root.value, dict):
        state(notes, parsed.root)
    return notes.reading(parsed=parsed.complete)
