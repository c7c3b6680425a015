"""Records in Dublin Core, `oai:oai_dc`: fifteen elements that anybody fills as they like, read for what is certain.

The record is put into the terms of the DataCite schema, which `datacite_said` states. What is of software: what says
so, what names a release of a repository, and what says nothing of its type at all; a data set or an article becomes a
thing with a name. An untyped `relation` to a DOI is passed over: it may be a paper, a data set or another version.
OAI-PMH 2.0 §5 (oai_dc); DCMI Metadata Terms 1.1.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vocab.dates import iso_date
from vocab.html_text import markdown_of_html
from vocab.identifiers import clean_url, image_reference, own_doi, repository_address, swhid
from vocab.module import Distribution, Identifier
from vocab.readers.datacite_kernel import SOFTWARE, Kernel, Person, Related, Rights, repository_named
from vocab.readers.datacite_said import say_kernel
from vocab.readers.notes import Notes
from vocab.readers.tree import Node
from vocab.readers.values import say_line
from vocab.readers.xml_document import MOST, node_of, root_of, with_lines
from vocab.record import Document, EntryContext, Reading
from vocab.safe_xml import children_of, local_name
from vocab.text import one_line

READER = "oai_dc"

# General type ← how it is said: by DCMI, COAR, `info:eu-repo`, and in words.
_TYPES = (
    ("Software", re.compile(r"\bsoftware\b|\bcomputer ?program\b|resource_type/c_5ce6\b|\bsource ?code\b")),
    ("Model", re.compile(r"\b(?:machine learning )?model\b")),
    ("Dataset", re.compile(r"\bdata ?set\b|\bresearch ?data\b|resource_type/c_ddb1\b")),
    ("Text", re.compile(
        r"\b(?:article|text|thesis|dissertation|preprint|report|book|lecture|conference|paper|poster|presentation|review)"
        r"|(?:bachelor|master|doctoral)thesis|conferenceobject|workingpaper|bookpart|resource_type/c_(?:6501|18cf|2df8fbb1)\b"
    )),
)
# Fields of science that portals ask for and that tell nothing of a module.
_NO_KEYWORDS = frozenset({"computer science", "computer and information sciences"})
_IMAGE_PAGE = re.compile(r"https?://(?:hub\.docker\.com/(?:r/|_/)|quay\.io/|ghcr\.io/)", re.IGNORECASE)
_HTML = re.compile(
    r"</?(?:p|br|div|a|ul|ol|li|h[1-6]|strong|em|b|i|span|code|pre|table|blockquote)\b[^<>]*>", re.IGNORECASE
)
_OTHER_SCHEMES = (
    ("arxiv", re.compile(r"(?:https?://arxiv\.org/abs/|arxiv:)(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?\Z", re.I)),
    ("handle", re.compile(r"https?://hdl\.handle\.net/((?!10\.)\d[\d.]*/\S{1,200})\Z", re.IGNORECASE)),
)
_RESOLVER = re.compile(r"https?://(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)
_LONGEST_SUMMARY = 300
# Field of a statement → the element it is made of, for its line.
_PLACES = {
    "title": "title", "resources": "title", "description": "description", "authors": "creator",
    "contacts": "contributor", "licence.declared": "rights", "keywords": "subject", "tasks": "subject",
    "libraries": "subject", "data_types": "subject", "categories": "subject", "communities": "subject",
    "dates.issued": "date", "identifiers": "identifier", "evidence.about_doi": "identifier",
    "evidence.about_module": "identifier", "evidence.thing": "type",
}


@dataclass(frozen=True, slots=True)
class _Elements:
    """The elements by name, each with its text and line."""

    nodes: dict[str, list[Node]]

    def texts(self, name: str) -> list[str]:
        """The texts of one element, without blanks around them; empty ones left out."""
        return [text for each in self.nodes.get(name, ()) if (text := str(each.value).strip())]

    def lines(self, name: str) -> list[str]:
        """The same, each on one line."""
        return [one_line(each) for each in self.texts(name)]


def read(document: Document, context: EntryContext) -> Reading:
    """Reads a record."""
    notes = Notes(READER, document, context)
    root = root_of(notes, document.body, "dc", "qualifieddc")
    if root is None:
        return notes.reading(parsed=False)
    nodes: dict[str, list[Node]] = defaultdict(list)
    for element in children_of(root):
        if len(nodes[local_name(element)]) < MOST:
            nodes[local_name(element)].append(node_of(element))
    elements = _Elements(nodes)
    kernel = _kernel(elements)
    say_kernel(notes, kernel)
    _say_identifiers(notes, elements, kernel)
    if kernel.thing in SOFTWARE:
        _say_summary(notes, nodes["description"])
        _say_related(notes, elements, kernel)
    places = {field: [each.line for each in nodes.get(name, ())] for field, name in _PLACES.items()}
    return with_lines(notes.reading(), places)


def _kernel(elements: _Elements) -> Kernel:
    """The record in the terms of the DataCite schema."""
    identifiers = elements.lines("identifier")
    repositories = list(_repositories(elements))
    issued = next((each for each in elements.lines("date") if iso_date(each)), "")
    descriptions = elements.texts("description")
    rights = [Rights(uri=each) if "://" in each else Rights(text=each) for each in elements.lines("rights")]
    return Kernel(
        doi=next(filter(None, map(_doi, identifiers)), ""),
        title=next(iter(elements.lines("title")), ""),
        creators=tuple(map(Person, elements.lines("creator"))),
        contacts=tuple(map(Person, elements.lines("contributor"))),
        publisher=next(iter(elements.lines("publisher")), ""),
        year=next(iter(elements.lines("date")), "")[:4],
        type=_type(elements.lines("type"), repositories),
        rights=tuple(rights),
        description=_html(descriptions[0]) if descriptions else "",
        subjects=tuple(each for each in elements.lines("subject") if each.casefold() not in _NO_KEYWORDS),
        issued=issued,
        related=tuple(Related(each, "IsSupplementTo") for each in repositories),
        page=next(iter(_pages(identifiers)), ""),
    )


def _repositories(elements: _Elements) -> Iterator[str]:
    """The repositories that the record is of: its own identifier, its source, or a release among what is related."""
    yield from (each for name in ("identifier", "source") for each in elements.lines(name) if repository_named(each))
    for each in elements.lines("relation"):
        address = repository_address(each)
        if address is not None and address.below and repository_named(each):
            yield each


def _type(said: Sequence[str], repositories: Sequence[str]) -> str:
    text = " ".join(said).casefold()
    found = next((name for name, pattern in _TYPES if pattern.search(text)), "")
    return found or ("Software" if repositories or not text else "Other")


def _doi(text: str) -> str | None:
    """The DOI that an identifier is, in whatever form; an archive's sandbox has those of a test prefix."""
    return own_doi(text) or own_doi(_RESOLVER.sub("", text))


def _pages(identifiers: Sequence[str]) -> Iterator[str]:
    """The addresses among the identifiers that are neither a DOI nor a repository: where the record can be read."""
    for each in identifiers:
        is_known = _doi(each) or repository_named(each) or any(pattern.match(each) for _, pattern in _OTHER_SCHEMES)
        if not is_known and each.startswith(("https://", "http://")) and clean_url(each):
            yield each


def _html(text: str) -> str:
    """A description as HTML: some repositories send that, escaped once or twice, the others plain text."""
    for written in (text, html.unescape(text), html.unescape(html.unescape(text))):
        if _HTML.search(written):
            return written
    blocks = (html.escape(each, quote=False) for each in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{re.sub(chr(10), '<br>', each)}</p>" for each in blocks)


def _say_identifiers(notes: Notes, elements: _Elements, kernel: Kernel) -> None:
    identifiers = elements.lines("identifier")
    is_module = kernel.thing in SOFTWARE
    if is_module and kernel.page:
        # By it whoever harvests us and the same repository knows that the two records are of one thing.
        notes.say("identifiers", Identifier("url", clean_url(kernel.page) or kernel.page), raw=kernel.page)
    for each in list(_pages(identifiers))[1:]:
        notes.say("evidence.about_module", clean_url(each), raw=each)
    for each in identifiers:
        name, archived = _doi(each), swhid(each.removeprefix("https://archive.softwareheritage.org/"))
        if name is not None and name != kernel.own:
            notes.say("evidence.about_doi", name, raw=each)
            notes.say("identifiers", Identifier("doi", name) if is_module else None, raw=each)
        elif archived is not None and is_module:
            notes.say("identifiers", Identifier("swhid", archived), raw=each)
        for scheme, pattern in _OTHER_SCHEMES if is_module else ():
            if found := pattern.match(each):
                notes.say("identifiers", Identifier(scheme, found.group(1)), raw=each)


def _say_summary(notes: Notes, descriptions: Sequence[Node]) -> None:
    """A second description that is one line is a summary of the first."""
    told = [each for each in descriptions if str(each.value).strip()]
    if len(told) == 2:
        text = str(told[1].value).strip()
        if "\n" not in text and len(text) <= _LONGEST_SUMMARY and not _HTML.search(html.unescape(text)):
            say_line(notes, Node(one_line(markdown_of_html(_html(text))), told[1].line), "summary")


def _say_related(notes: Notes, elements: _Elements, kernel: Kernel) -> None:
    """Images by their registry's page, and repositories that are named beside the record's own."""
    for each in elements.nodes.get("relation", ()):
        text = one_line(str(each.value))
        image = image_reference(text) if _IMAGE_PAGE.match(text) else None
        if image is not None:
            made = Distribution("image", url=image.page, reference=image.reference, pull=image.pull)
            notes.say("distributions", made, at=each, raw=text)
        elif (key := repository_named(text)) is not None and key not in kernel.repositories:
            notes.say("evidence.code", key, at=each, raw=text)
