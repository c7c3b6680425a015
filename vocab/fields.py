"""The fields a statement can be about, and what shape their values have.

One table; a statement with a field that is not in it is a programming error and a test says so. `many` fields
collect values from all sources, `one` fields have a winner. `kind` names the class of `vocab.module` (or `str`)
that a value is turned into. Fields starting with `evidence.` are never shown: `vocab.identity` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One row: the name, whether it collects many values, the shape of a value, what it is."""

    name: str
    many: bool
    kind: str
    meaning: str


_ROWS = (
    FieldSpec("title", False, "str", "name for people"),
    FieldSpec("summary", False, "str", "one line"),
    FieldSpec("description", False, "str", "markdown, as written, lines joined"),
    FieldSpec("type", False, "str", "`module` or `tool`"),
    FieldSpec("version", False, "str", "the current version's name"),
    FieldSpec("licence.declared", False, "LicenceValue", "what the metadata says"),
    FieldSpec("licence.detected", False, "LicenceValue", "what the licence file is"),
    FieldSpec("dates.created", False, "str", "ISO date"),
    FieldSpec("dates.updated", False, "str", "ISO date"),
    FieldSpec("dates.issued", False, "str", "ISO date of the last release"),
    FieldSpec("dates.content", False, "str", "last commit that changed content"),
    FieldSpec("keywords", True, "str", "free words that are nothing better"),
    FieldSpec("libraries", True, "str", "term id of scheme `libraries`"),
    FieldSpec("tasks", True, "str", "term id of scheme `tasks`"),
    FieldSpec("categories", True, "str", "term id of scheme `categories`: what the module is for"),
    FieldSpec("data_types", True, "str", "term id of scheme `data-types`"),
    FieldSpec("communities", True, "str", "term id of scheme `communities`, e.g. `vo.imagine-ai.eu`"),
    FieldSpec("authors", True, "Agent", "in the order they are named"),
    FieldSpec("contacts", True, "Agent", "who answers questions"),
    FieldSpec("identifiers", True, "Identifier", "DOIs and others of the module itself"),
    FieldSpec("links", True, "Link", "pages about the module"),
    FieldSpec("distributions", True, "Distribution", "images, source, weights"),
    FieldSpec("training_data", True, "Resource", "data sets"),
    FieldSpec("publications", True, "Resource", "what to cite"),
    FieldSpec("resources", True, "Resource", "what a DOI stands for, told by who registered it; completes what names it"),
    FieldSpec("versions", True, "Version", "tags and releases"),
    FieldSpec("relations", True, "Relation", "base models and other relations that are declared"),
    FieldSpec("requirements", True, "Requirements", "computing resources"),
    FieldSpec("aliases", True, "Alias", "other identifiers of the module"),
    FieldSpec("evidence.repository", True, "str", "canonical key of the repository the record is about, renames included"),
    FieldSpec("evidence.numeric_id", True, "str", "the forge's own id of the repository, which survives renames"),
    FieldSpec("evidence.names_repository", True, "str", "canonical key of the repository the metadata calls its own"),
    FieldSpec("evidence.code", True, "str", "canonical key of the code repository the metadata names"),
    FieldSpec("evidence.moved_to", True, "str", "canonical key a banner says it is now maintained in"),
    FieldSpec("evidence.replaced_by", True, "str", "canonical key something says replaces it (not the same module)"),
    FieldSpec("evidence.catalogue_rename", True, "str", "canonical key a catalogue's commit says it had before"),
    FieldSpec("evidence.replaces", True, "str", "canonical key it is said to replace (not the same module)"),
    FieldSpec("evidence.image", True, "str", "canonical image name without tag"),
    FieldSpec("evidence.about_repository", True, "str", "canonical key of the repository that a record elsewhere is made from"),
    FieldSpec("evidence.about_image", True, "str", "canonical image name without tag that the record is of"),
    FieldSpec("evidence.about_doi", True, "str", "DOI of the record itself: of all versions together, and of each"),
    FieldSpec("evidence.about_module", True, "str", "persistent address or page that is the record's own"),
    FieldSpec("evidence.thing", True, "str", "what the record is of: software, model, dataset, publication or other"),
    FieldSpec("evidence.provenance", True, "OriginDescription", "the repository a record was harvested from, and those before it"),
    FieldSpec("evidence.commits", True, "str", "commit ids of the default branch, newest first, as far as fetched"),
)

FIELDS: dict[str, FieldSpec] = {row.name: row for row in _ROWS}
