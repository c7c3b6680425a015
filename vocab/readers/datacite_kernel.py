"""A record in the terms of the DataCite metadata schema, whether it came as JSON or as XML, interpreted in our terms.

A reader fills a `Kernel` with what stands there; types, rights and relations are understood here and nowhere else, and
`datacite_said` states them. Border: nothing here knows JSON or XML, nor where a record came from. DataCite Metadata
Schema 4.6, properties 1 to 20; appendix "Controlled List Definitions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vocab.identifiers import is_placeholder, own_doi, repository_address
from vocab.licences import licence_value
from vocab.module import LicenceValue
from vocab.plain_text import plain_line
from vocab.text import one_line

SOFTWARE = frozenset({"software", "model"})
# Relations by which a record says that it is a repository in another place; one it is derived from counts for want.
IS_OF = ("issupplementto", "isidenticalto", "isversionof", "iscompiledby")

_DERIVED = "isderivedfrom"
_TAGGED = re.compile(r"(?:tree|releases/tag|commit)/")
# General type → what the record is of, and what a resource of this type is called.
_OTHER = ("other", "other")
_PAPER, _DATASET, _PROGRAM = ("publication", "paper"), ("dataset", "dataset"), ("software", "software")
_TYPES = {
    "model": ("model", "model"),
    **dict.fromkeys(("software", "workflow", "computationalnotebook", "service"), _PROGRAM),
    **dict.fromkeys(("dataset", "collection"), _DATASET),
    **dict.fromkeys((
        "text", "journalarticle", "journal", "conferencepaper", "conferenceproceeding", "preprint", "report", "book",
        "bookchapter", "dissertation", "datapaper", "peerreview", "poster", "presentation", "standard",
        "outputmanagementplan",
    ), _PAPER),
}
# Words about access, which is no licence.
_ACCESS = re.compile(
    r"info:eu-repo/semantics/|purl\.org/coar/access_right|\b(?:open|restricted|embargoed|closed) ?access", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Person:
    """A creator or contributor: `kind` is the `nameType`; `identifiers` are whatever name identifiers there are."""

    name: str
    given: str = ""
    family: str = ""
    kind: str = ""
    identifiers: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """One entry of the rights list: its words, address and identifier (mostly of SPDX)."""

    text: str = ""
    uri: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """A related identifier with its relation (`IsSupplementTo`) and, where it is said, the thing's general type."""

    identifier: str
    relation: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The record; every part may be empty. `title` is the one without a title type, `page` where the DOI leads."""

    doi: str = ""
    title: str = ""
    creators: tuple[Person, ...] = ()
    contacts: tuple[Person, ...] = ()
    publisher: str = ""
    year: object = None
    type: str = ""
    rights: tuple[Rights, ...] = ()
    description: str = ""
    subjects: tuple[str, ...] = ()
    issued: str = ""
    version: str = ""
    related: tuple[Related, ...] = ()
    page: str = ""

    @property
    def thing(self) -> str:
        """What the record is of: software, model, dataset, publication or other."""
        return _types_of(self.type)[0]

    @property
    def kind(self) -> str:
        """What it is called as a resource: a publication is a `paper`."""
        return _types_of(self.type)[1]

    @property
    def name(self) -> str:
        """The title on one line, without markup; nothing when it is a placeholder."""
        line = plain_line(self.title[:10_000])[:1_000]
        return "" if is_placeholder(line) else line

    @property
    def own(self) -> str | None:
        """The record's DOI."""
        return own_doi(self.doi)

    @property
    def concept(self) -> str | None:
        """The DOI of all versions together, of which this is one."""
        return next((name for each in self._by("isversionof") if (name := own_doi(each.identifier))), None)

    @property
    def versions(self) -> tuple[str, ...]:
        """The DOIs of its versions, when this stands for all of them."""
        return tuple(dict.fromkeys(name for each in self._by("hasversion") if (name := own_doi(each.identifier))))

    @property
    def published(self) -> int | None:
        """The year."""
        match = re.match(r"\s*(1[5-9]\d\d|20\d\d)(?!\d)", str(self.year)) if isinstance(self.year, str | int) else None
        return int(match.group(1)) if match else None

    @property
    def licence(self) -> LicenceValue | None:
        """The first of the rights that is a licence we know, else the first that is not about access."""
        told = [each for each in self.rights if not _ACCESS.search(f"{each.text} {each.uri} {each.identifier}")]
        for each in told:
            for written in filter(None, (each.identifier, each.uri, each.text)):
                known = licence_value(written[:500])
                if known.spdx is not None:
                    return known
        raw = next((line for each in told if (line := one_line(each.text or each.uri or each.identifier))), "")
        return None if not raw or is_placeholder(raw) else licence_value(raw[:200])

    @property
    def repositories(self) -> tuple[str, ...]:
        """Keys of the repositories that it says it is of; one it is derived from counts when it names no other."""
        for relations in (IS_OF, (_DERIVED,)):
            named = (repository_named(each.identifier) for how in relations for each in self._by(how))
            keys = tuple(dict.fromkeys(filter(None, named)))
            if keys:
                return keys
        return ()

    def _by(self, relation: str) -> Iterator[Related]:
        return (each for each in self.related if each.relation.lower() == relation)


def kind_of(general_type: str) -> str:
    """What a resource of a general type is called: software, model, dataset, paper or other."""
    return _types_of(general_type)[1]


def repository_named(identifier: str) -> str | None:
    """The key of the repository that an address names as a whole, or by one of its tags."""
    address = repository_address(identifier)
    return address.key if address and (not address.below or _TAGGED.match(address.below)) else None


def _types_of(general_type: str) -> tuple[str, str]:
    return _TYPES.get(re.sub(r"[^a-z]", "", general_type[:100].lower()), _OTHER)
