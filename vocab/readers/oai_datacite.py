"""Records in DataCite's XML, kernel 3 or 4: `oai:datacite`, and `oai:oai_datacite`, which wraps one.

Elements are told by their local names, because repositories give one kernel many namespaces. What a record says is
understood in `datacite_kernel` and stated by `datacite_said`. DataCite Metadata Schema 4.6; OAI-PMH format oai-1.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from vocab.identifiers import doi
from vocab.readers.datacite_kernel import Kernel, Person, Related, Rights
from vocab.readers.datacite_said import say_kernel
from vocab.readers.notes import Notes
from vocab.readers.xml_document import MOST, first, line_of, root_of, with_lines, words
from vocab.record import Document, EntryContext, Reading
from vocab.safe_xml import children_of, local_name, text_of

READER = "oai_datacite"

_PAGE_TYPES = frozenset({"url", "purl", "landing page", "landingpage"})
# Field of a statement → the elements it is made of, for its line.
_PLACES = {
    "title": "title", "resources": "title", "description": "description", "authors": "creator",
    "contacts": "contributor", "licence.declared": "rights", "keywords": "subject", "dates.issued": "date",
    "version": "version", "versions": "version", "identifiers": "identifier", "evidence.about_doi": "identifier",
    "evidence.thing": "resourceType", "links": "relatedIdentifier", "publications": "relatedIdentifier",
    "training_data": "relatedIdentifier", "relations": "relatedIdentifier",
    "evidence.about_repository": "relatedIdentifier",
}


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a record."""
    notes = Notes(READER, document, context)
    root = root_of(notes, document.body, "resource", "oai_datacite")
    resource = _resource(root) if root is not None else None
    if resource is None:
        if root is not None:
            notes.tell("shape-unexpected", "the record wraps nothing", at=line_of(root), expected="`resource`")
        return notes.reading(parsed=False)
    say_kernel(notes, kernel_of(resource))
    lines: dict[str, list[int]] = {}
    for each in islice(resource.iter(), MOST * 10):
        lines.setdefault(local_name(each), []).append(line_of(each))
    return with_lines(notes.reading(), {field: lines.get(name, ()) for field, name in _PLACES.items()})


def kernel_of(resource: etree._Element) -> Kernel:
    """What stands in a `resource` element."""
    identifier = next(children_of(resource, "identifier"), None)
    issued = [each for each in _below(resource, "dates", "date") if _attribute(each, "dateType") == "issued"]
    return Kernel(
        doi=_doi(resource, identifier),
        title=words(_plain(_below(resource, "titles", "title"), "titleType")),
        creators=tuple(_person(each, "creatorName") for each in _below(resource, "creators", "creator")),
        contacts=tuple(
            _person(each, "contributorName") for each in _below(resource, "contributors", "contributor")
            if _attribute(each, "contributorType") == "contactperson"
        ),
        publisher=words(next(children_of(resource, "publisher"), None)),
        year=words(next(children_of(resource, "publicationYear"), None)),
        type=_said(next(children_of(resource, "resourceType"), None), "resourceTypeGeneral"),
        rights=tuple(
            Rights(words(each), _said(each, "rightsURI"), _said(each, "rightsIdentifier")) for each in _rights(resource)
        ),
        description=_description(resource),
        subjects=tuple(filter(None, map(words, _below(resource, "subjects", "subject")))),
        issued=words(first(issued)),
        version=words(next(children_of(resource, "version"), None)),
        related=tuple(
            Related(words(each), _said(each, "relationType"), _said(each, "resourceTypeGeneral"))
            for each in _below(resource, "relatedIdentifiers", "relatedIdentifier") if words(each)
        ),
        page=_page(resource, identifier),
    )


def _resource(root: etree._Element) -> etree._Element | None:
    """The record itself: the root, or what its `payload` wraps."""
    if local_name(root) == "resource":
        return root
    payload = next(children_of(root, "payload"), root)
    return next(children_of(payload, "resource"), None)


def _doi(resource: etree._Element, identifier: etree._Element | None) -> str:
    named = words(identifier)
    if _attribute(identifier, "identifierType") == "doi" or doi(named):
        return named
    others = _below(resource, "alternateIdentifiers", "alternateIdentifier")
    return next((words(each) for each in others if _attribute(each, "alternateIdentifierType") == "doi"), "")


def _page(resource: etree._Element, identifier: etree._Element | None) -> str:
    """Where the record can be read: repositories without DOIs give that as its identifier."""
    if _attribute(identifier, "identifierType") in _PAGE_TYPES:
        return words(identifier)
    others = _below(resource, "alternateIdentifiers", "alternateIdentifier")
    return next((words(each) for each in others if _attribute(each, "alternateIdentifierType") in _PAGE_TYPES), "")


def _person(element: etree._Element, name: str) -> Person:
    written = next(children_of(element, name), None)
    return Person(
        name=words(written),
        given=words(next(children_of(element, "givenName"), None)),
        family=words(next(children_of(element, "familyName"), None)),
        kind=_said(written, "nameType"),
        identifiers=tuple(filter(None, map(words, islice(children_of(element, "nameIdentifier"), 20)))),
        affiliations=tuple(filter(None, map(words, islice(children_of(element, "affiliation"), 20)))),
    )


def _rights(resource: etree._Element) -> Iterator[etree._Element]:
    """The rights; kernel 2 has one without a list."""
    yield from _below(resource, "rightsList", "rights")
    yield from children_of(resource, "rights")


def _description(resource: etree._Element) -> str:
    told = [each for each in _below(resource, "descriptions", "description") if words(each)]
    by_type = {_attribute(each, "descriptionType"): each for each in reversed(told)}
    found = (by_type[name] for name in ("abstract", "other", "", "methods", "technicalinfo") if name in by_type)
    return text_of(next(found, None))


def _plain(elements: Iterator[etree._Element], attribute: str) -> etree._Element | None:
    """The first element without this attribute, else the first one."""
    found = [each for each in elements if words(each)]
    return next((each for each in found if not _said(each, attribute)), found[0] if found else None)


def _below(resource: etree._Element, container: str, name: str) -> Iterator[etree._Element]:
    return islice((each for part in children_of(resource, container) for each in children_of(part, name)), MOST)


def _said(element: etree._Element | None, attribute: str) -> str:
    return " ".join((element.get(attribute) or "").split())[:2_000] if element is not None else ""


def _attribute(element: etree._Element | None, name: str) -> str:
    """A value of a closed list, folded."""
    return _said(element, name).lower()
