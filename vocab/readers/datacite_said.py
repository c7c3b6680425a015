"""States what a record in the terms of the DataCite schema says, for every reader of such records.

Any record is a thing with a name (`resources`). One of software that nobody names as something else alone speaks of
the module too: people, licence, versions, relations. What an archive fills in when nobody says anything, the title of
a release and a licence for want of one, is no word of the depositor. Border: the record is understood in
`datacite_kernel`; what a record is a record of is decided in identity.
"""

from __future__ import annotations

import re

from vocab.dates import iso_date
from vocab.html_text import markdown_of_html
from vocab.identifiers import clean_url, doi, doi_url, orcid, repository_url
from vocab.module import Agent, Identifier, Link, Relation, Resource, Version
from vocab.readers.datacite_kernel import IS_OF, SOFTWARE, Kernel, Person, Related, kind_of, repository_named
from vocab.readers.notes import Notes
from vocab.readers.people import agent_of
from vocab.readers.tree import Node
from vocab.readers.values import say_keyword
from vocab.text import one_line, title_from_name

# Rules by which `vocab.precedence` and the merge know what an archive filled in by itself.
DEFAULT_LICENCE = "zenodo default"
DEFAULT_TITLE = "default title"

_OWN_ROLES = frozenset({"own", "concept", "version", "code"})
_PAPERS = frozenset({
    "isdocumentedby", "isdescribedby", "cites", "isreferencedby", "references", "iscitedby", "ispublishedin",
    "issupplementto", "issupplementedby", "isreviewedby",
})
_DATA = frozenset({"requires", "isderivedfrom"})
_RELATIONS = {"isderivedfrom": "derived_from", "ispartof": "part_of", "obsoletes": "predecessor",
              "isobsoletedby": "successor"}
_MOST = 300
# Whoever cites a paper of three thousand names writes the first ones.
_MOST_NAMES = 100
_LONGEST = 200_000


def say_kernel(notes: Notes, kernel: Kernel) -> None:
    """States everything that a record says."""
    page = page_of(kernel)
    for name in dict.fromkeys(filter(None, (kernel.own, kernel.concept, *kernel.versions[:_MOST]))):
        notes.say("evidence.about_doi", name, url=page)
    notes.say("evidence.thing", kernel.thing, raw=kernel.type, url=page)
    for key in kernel.repositories:
        notes.say("evidence.about_repository", key, url=page)
    notes.say("resources", resource_of(notes, kernel), url=page)
    if is_module(notes, kernel):
        _say_identity(notes, kernel)
        _say_texts(notes, kernel)
        _say_people(notes, kernel)
        for each in kernel.related[:_MOST]:
            _say_related(notes, kernel, each)


def is_module(notes: Notes, kernel: Kernel) -> bool:
    """Whether a record speaks of a module: it is of software, and nobody names it as something else alone."""
    listing = notes.context.listing
    roles = frozenset(listing.roles) if listing is not None and listing.named_by else frozenset()
    return kernel.thing in SOFTWARE and (not roles or not roles.isdisjoint(_OWN_ROLES))


def page_of(kernel: Kernel) -> str | None:
    """Where people read of it."""
    if re.match(r"https?://[^\s\"<>]{3,300}\Z", kernel.page):
        return kernel.page
    return doi_url(kernel.own) if kernel.own else None


def resource_of(notes: Notes, kernel: Kernel) -> Resource | None:
    """The record as a thing with a name, when it has both a DOI and a title."""
    if kernel.own is None or not kernel.name:
        return None
    licence = kernel.licence
    # What is wrong with the people of a data set or paper is nothing that a module's owner can mend.
    silent = Notes(notes.reader, notes.document, notes.context)
    authors = (agent_of_person(silent, each, "authors") for each in kernel.creators[:_MOST_NAMES])
    return Resource(
        url=doi_url(kernel.own), title=kernel.name, doi=kernel.own, kind=kernel.kind,
        licence=licence.spdx or licence.raw if licence else None,
        authors=tuple(dict.fromkeys(each.name for each in authors if each)), year=kernel.published,
        publisher=one_line(kernel.publisher)[:300] or None,
    )


def agent_of_person(notes: Notes, person: Person, field: str) -> Agent | None:
    """A creator or contributor as an agent of ours."""
    type_name = {"personal": "Person", "organizational": "Organization"}.get(person.kind.strip().lower(), "")
    known = {
        "name": person.name, "given-names": person.given, "family-names": person.family if person.given else "",
        "type": type_name, "affiliation": "; ".join(dict.fromkeys(filter(None, person.affiliations)))[:500],
        "orcid": next((each for each in person.identifiers if orcid(each)), ""),
        "ror": next((f"https://ror.org/{match.group(1)}" for each in person.identifiers
                     if (match := re.search(r"ror\.org/(0[a-z0-9]{8})\Z", each.strip()))), ""),
    }
    known["name"] = known["name"] or person.family
    return agent_of(notes, Node({name: Node(value, 0) for name, value in known.items() if value}, 0), field)


def _say_identity(notes: Notes, kernel: Kernel) -> None:
    page, own, concept = page_of(kernel), kernel.own, kernel.concept
    # Made clean, the page of a Zenodo record would become a DOI by its number, which may be another one.
    if page is not None and doi(page) is None:
        notes.say("evidence.about_module", clean_url(page), raw=page, url=page)
    if page is not None:
        notes.say("links", Link("archive", page, one_line(kernel.publisher)[:100] or None), url=page)
    role = "version" if concept else "concept" if kernel.versions else None
    notes.say("identifiers", Identifier("doi", own, role) if own else None, url=page)
    notes.say("identifiers", Identifier("doi", concept, "concept") if concept else None, url=page)
    version = re.sub(r"^v\.?\s?(?=\d)", "", one_line(kernel.version)[:100], flags=re.IGNORECASE)
    issued = iso_date(kernel.issued)
    if version:
        notes.say("version", version, raw=kernel.version, url=page)
        notes.say("versions", Version(version, issued, page, doi=own, release=True), raw=kernel.version, url=page)
    notes.say("dates.issued", issued, raw=kernel.issued, url=page)
    for key in kernel.repositories[:1]:
        notes.say("links", Link("source_code", repository_url(key)), url=page, rule="what the record is made of")


def _say_texts(notes: Notes, kernel: Kernel) -> None:
    """Title and description, unless they are those of a release and the module speaks for itself; licence, keywords."""
    page, default = page_of(kernel), _default_title(kernel)
    listing = notes.context.listing
    is_followed = listing is not None and bool(listing.named_by)
    if default is None:
        notes.say("title", kernel.name, raw=kernel.title, url=page)
    elif not is_followed:
        notes.say("title", default, raw=kernel.title, url=page, rule=DEFAULT_TITLE)
    if default is None or not is_followed:
        said = markdown_of_html(kernel.description[:_LONGEST])
        notes.say("description", said, url=page, rule="declared" if default is None else "release notes")
    licence = kernel.licence
    if licence is not None:
        is_default = licence.spdx == "CC-BY-4.0" and kernel.publisher.strip().lower() == "zenodo"
        rule = DEFAULT_LICENCE if is_default else "declared"
        notes.say("licence.declared", licence, raw=licence.raw, url=page, rule=rule)
    for word in kernel.subjects[:_MOST]:
        say_keyword(notes, Node(word, 0))


def _default_title(kernel: Kernel) -> str | None:
    """The name of the repository as a title, where the title is `owner/name: release`."""
    match = re.match(r"([\w.-]+/[\w.-]+)(?::|\Z)", kernel.name)
    named = match.group(1).lower() if match else ""
    key = next((each for each in kernel.repositories if named and each.endswith(f"/{named}")), None)
    return title_from_name(match.group(1)) if key and match else None


def _say_people(notes: Notes, kernel: Kernel) -> None:
    for field, people in (("authors", kernel.creators), ("contacts", kernel.contacts)):
        for person in people[:_MOST]:
            notes.say(field, agent_of_person(notes, person, field), url=page_of(kernel))


def _say_related(notes: Notes, kernel: Kernel, related: Related) -> None:
    """Papers and data sets by what the relation says of them, and what the record itself comes from or belongs to."""
    name, url = doi(related.identifier), clean_url(related.identifier)
    address, how = doi_url(name) if name else url, related.relation.lower()
    if address is None or (how in IS_OF and repository_named(related.identifier)):
        return
    page, kind = page_of(kernel), kind_of(related.kind) if related.kind else ""
    repository = repository_named(related.identifier)
    of_paper = kind == "paper" or (not kind and name is not None and not name.startswith("10.5281/"))
    if kind == "dataset" and how in _DATA:
        data = Resource(address, doi=name, kind="dataset")
        notes.say("training_data", data, raw=related.identifier, url=page, rule=how)
    elif of_paper and how in _PAPERS:
        notes.say("publications", Resource(address, doi=name), raw=related.identifier, url=page, rule=how)
    elif kind in {*SOFTWARE, ""} and how in _RELATIONS and repository not in kernel.repositories:
        target = repository_url(repository) if repository else address
        notes.say("relations", Relation(_RELATIONS[how], target), raw=related.identifier, url=page, rule=how)
