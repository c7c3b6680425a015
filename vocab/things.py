"""What is kept elsewhere than in a repository, as identity sees it: an image, the record of a DOI, an OAI item.

A `Thing` is everything that the sources say under one such key: what it is called by, of which repository it says that
it is, which other things it names as its own. Border: nothing is weighed here; to which module a thing belongs is
decided in `vocab.attachments`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from vocab.identifiers import EntryKind, doi, doi_key, entry_kind, image_key, own_doi, repository_key, url_key, value_of
from vocab.record import SourceRecord, Statement
from vocab.references import CODE, OWN, references_of
from vocab.text import is_template_text

SOFTWARE = frozenset({"software", "model"})

# Before the compared form of an address, in the keys by which records meet.
PAGE = "page:"

# Roles of a reference by which a record calls an image or DOI its own; papers, data sets and weights are other things.
OWN_ROLES = frozenset({OWN, "concept", "version"})

# Readers that say nothing that somebody wrote about the module.
_SILENT_READERS = frozenset({"github", "gitlab", "git", "listing", "dockerfile", "licence_file", "version_file"})
_TELLING = frozenset({"title", "summary", "description"})
# The title of an image is its name again.
_TELLING_OF_IMAGES = _TELLING - {"title"}

_NOUNS = {EntryKind.IMAGE: "the image", EntryKind.DOI: "the DOI", EntryKind.ZENODO: "the Zenodo record",
          EntryKind.OAI: "the OAI-PMH item", EntryKind.REPOSITORY: "the repository"}


@dataclass(frozen=True, eq=False)
class Thing:
    """One image, DOI record or OAI item, and the records that the sources have of it."""

    key: str
    records: tuple[SourceRecord, ...] = field(repr=False)

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """The (source, key) pairs behind it."""
        return tuple((each.source, each.key) for each in self.records)

    @property
    def sources(self) -> frozenset[str]:
        """The sources that have a record of it."""
        return frozenset(each.source for each in self.records)

    @cached_property
    def identities(self) -> frozenset[str]:
        """By what it is called, each with the scheme of its kind; whatever is called alike is the same thing."""
        return frozenset(one for each in self.records for one in identities_of(each))

    @cached_property
    def pages(self) -> frozenset[str]:
        """The addresses that it says are its own, compared form."""
        return frozenset(one for each in self.records for one in pages_of(each))

    @cached_property
    def repositories(self) -> tuple[str, ...]:
        """Of which repositories it says that it is."""
        return tuple(sorted({one for each in self.records for one in repositories_of(each)}))

    @cached_property
    def names(self) -> frozenset[str]:
        """The other things that it calls its own."""
        return frozenset(one for each in self.records for one in own_things(each)) - self.identities

    def saying(self, field_name: str, value: str) -> Statement | None:
        """The first statement that says this, for showing where it stands."""
        found = (one for each in self.records for one in each.statements if one.field == field_name)
        return next((each for each in found if each.value == value), None)


def things_of(records: Iterable[SourceRecord]) -> list[Thing]:
    """The things that these records are of, by key; records of repositories are left out."""
    by_key: dict[str, list[SourceRecord]] = defaultdict(list)
    for each in records:
        if not is_repository(each):
            by_key[each.key].append(each)
    return [Thing(key, tuple(sorted(same, key=lambda each: each.source))) for key, same in sorted(by_key.items())]


def is_repository(record: SourceRecord) -> bool:
    """Is the record of a repository?"""
    return entry_kind(record.key) is EntryKind.REPOSITORY


def tells(record: SourceRecord) -> bool:
    """Did somebody write something about a module here? An image without a description says nothing."""
    fields = _TELLING_OF_IMAGES if entry_kind(record.key) is EntryKind.IMAGE else _TELLING
    return any(
        each.field in fields and each.origin.reader not in _SILENT_READERS
        and not (fields is _TELLING_OF_IMAGES and is_template_text(str(each.value)))
        for each in record.statements
    )


def identities_of(record: SourceRecord) -> frozenset[str]:
    """By what the thing of a record is called: its key, and the image and the DOIs that it says are its own."""
    found = {record.key}
    found |= {image_key(str(each)) for each in record.values("evidence.about_image") if each}
    found |= {doi_key(name) for each in record.values("evidence.about_doi") if (name := own_doi(each))}
    found |= {doi_key(name) for each in record.values("evidence.about_module") if (name := doi(each))}
    own = (each for each in references_of(record) if each.kind == "doi" and each.role in OWN_ROLES)
    return frozenset(found | {doi_key(each.value) for each in own})


def page_key(address: str) -> str:
    """The key by which records meet that give this address as their own."""
    return PAGE + url_key(address)


def pages_of(record: SourceRecord) -> frozenset[str]:
    """The addresses that a record says are its own and that are neither a DOI nor a repository, compared form."""
    said = (str(each) for each in record.values("evidence.about_module") if each)
    return frozenset(url_key(each) for each in said if not doi(each) and not repository_key(each))


def repositories_of(record: SourceRecord) -> frozenset[str]:
    """Of which repositories a record elsewhere says that it is."""
    said = {str(each) for each in record.values("evidence.about_repository") if each}
    pages = (repository_key(each) for each in record.values("evidence.about_module"))
    return frozenset(said | {each for each in pages if each})


def own_things(record: SourceRecord) -> frozenset[str]:
    """The images and DOIs that a record calls its own, with the scheme of their kind."""
    keys = {"image": image_key, "doi": doi_key}
    named = (each for each in references_of(record) if each.kind in keys and each.role in OWN_ROLES)
    return frozenset(keys[each.kind](each.value) for each in named)


def described_by(record: SourceRecord) -> frozenset[str]:
    """The keys of things that tell something of what this record names or of which repository it is.

    They are the images and DOIs that it names, whatever they are to it; a thing that says that it is of the
    repository bears the repository's key among its own.
    """
    keys = {"image": image_key, "doi": doi_key}
    named = {keys[each.kind](each.value) for each in references_of(record) if each.kind in keys and each.role != CODE}
    if not is_repository(record):
        return frozenset(named)
    own = {record.key, *(str(each) for each in record.values("evidence.repository"))}
    return frozenset(named | {f"repository:{each}" for each in own})


def called(key: str) -> str:
    """What people call the thing or repository of a key."""
    kind = entry_kind(key)
    return f"{_NOUNS[kind]} {key if kind is EntryKind.OAI else value_of(key)}"
