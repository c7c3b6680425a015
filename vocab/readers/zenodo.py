"""What Zenodo says of a record and of its versions: `api:zenodo-record` (the latest) and `api:zenodo-versions`.

A record of software or a model speaks of the module: description, people, licence, versions with their DOIs. A record
that a module names as its data set, paper or weights, or that is of no software, is stated as one thing with a name
(`resources`). What the GitHub integration fills in when nobody says anything is no word of the depositor: its title and
release notes are not told of a module that has a record of its own, and the rule of the licence says so.

Border: the shapes of the JSON are told apart in `zenodo_record`, what a record is a record of is decided in identity.
Zenodo REST API; zenodo-rdm, GitHub integration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from vocab.dates import iso_date
from vocab.html_text import markdown_of_html
from vocab.identifiers import clean_url, doi, doi_url, repository_key, repository_url, swhid
from vocab.licences import licence_value
from vocab.module import Identifier, LicenceValue, Link, Relation, Resource, Version
from vocab.readers import values
from vocab.readers.notes import Notes
from vocab.readers.tree import Node
from vocab.readers.zenodo_people import contacts_of, creators_of
from vocab.readers.zenodo_record import Related, ZenodoRecord, part, parts, text, zenodo_record
from vocab.record import Document, EntryContext, Reading
from vocab.text import title_from_name

READER = "zenodo"

# Rules of what Zenodo fills in by itself: a licence where none is known, the name of a release as title.
DEFAULT_LICENCE = "zenodo default"
DEFAULT_TITLE = "default title"
_LATEST = "the latest version"

_SOFTWARE = frozenset({"software", "model"})
_OWN_ROLES = frozenset({"own", "concept", "version", "code"})
_PAPERS = frozenset({
    "isdocumentedby", "isdescribedby", "cites", "isreferencedby", "references", "iscitedby", "ispublishedin",
    "issupplementto", "issupplementedby", "isreviewedby",
})
_DATA = frozenset({"requires", "isderivedfrom"})
_RELATIONS = {"isderivedfrom": "derived_from", "ispartof": "part_of", "obsoletes": "predecessor",
              "isobsoletedby": "successor"}
_KINDS = {"publication": "paper"}
_MAX_RELATED = 300


def read(document: Document, context: EntryContext) -> Reading:
    """Reads an answer of the API."""
    notes = Notes(READER, document, context)
    form = _form(document.body)
    rows = [form] if document.path == "api:zenodo-record" else [*parts(part(form, "hits").get("hits"))]
    found = [(record, each) for each in rows if (record := zenodo_record(each)) is not None]
    if not found:
        notes.tell(
            "document-not-text", f"the answer for {document.path} holds no record", found="something else",
            expected="an answer of Zenodo's API",
        )
        return notes.reading(parsed=False)
    if document.path == "api:zenodo-record":
        record, form = found[0]
        _say_record(notes, record, form)
    else:
        _say_versions(notes, found)
    return notes.reading()


def _form(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_module(notes: Notes, record: ZenodoRecord) -> bool:
    """Whether the record speaks of a module: it is of software, and nobody names it as something else alone."""
    listing = notes.context.listing
    roles = frozenset(listing.roles) if listing is not None and listing.named_by else frozenset()
    return record.thing in _SOFTWARE and (not roles or not roles.isdisjoint(_OWN_ROLES))


def _is_followed(notes: Notes) -> bool:
    return notes.context.listing is not None and bool(notes.context.listing.named_by)


def _say_record(notes: Notes, record: ZenodoRecord, form: Mapping[str, Any]) -> None:
    page = _page(record)
    for name in dict.fromkeys(filter(None, (record.concept_doi, record.doi))):
        notes.say("evidence.about_doi", name, url=page)
    notes.say("evidence.thing", record.thing, raw=record.type, url=page)
    for key in record.repositories:
        notes.say("evidence.about_repository", key, url=page)
    if _is_module(notes, record):
        _say_module(notes, record, form)
        return
    for resource in _resources(notes, record, form):
        notes.say("resources", resource, url=page)
    if record.thing == "publication" and record.repositories:
        for resource in _resources(notes, record, form):
            notes.say("publications", resource, url=page, rule="says that it goes with the repository")
            break


def _say_module(notes: Notes, record: ZenodoRecord, form: Mapping[str, Any]) -> None:
    page, metadata = _page(record), part(form, "metadata")
    _say_texts(notes, record, metadata)
    for agent in creators_of(notes, metadata):
        notes.say("authors", agent, url=page)
    for agent in contacts_of(notes, metadata):
        notes.say("contacts", agent, url=page)
    _say_licence(notes, record, metadata)
    for word in _keywords(metadata):
        values.say_keyword(notes, Node(word, 0))
    for field in ("dates.issued",) if _is_followed(notes) else ("dates.issued", "dates.updated"):
        notes.say(field, iso_date(record.published), raw=record.published, url=page, rule=_LATEST)
    notes.say("version", _version_name(record), raw=record.version, url=page, rule=_LATEST)
    for name, role in ((record.concept_doi, "concept"), (record.doi, "version" if record.concept_doi else None)):
        notes.say("identifiers", Identifier("doi", name, role) if name else None, url=page)
    archived = swhid(text(part(form, "swh"), "swhid"))
    notes.say("identifiers", Identifier("swhid", archived) if archived else None, url=page)
    for key in record.repositories[:1]:
        notes.say("links", Link("source_code", repository_url(key)), url=page, rule="what the record is made of")
    if page:
        notes.say("links", Link("archive", page, "Zenodo"), url=page)
    for each in record.related[:_MAX_RELATED]:
        _say_related(notes, record, each)


def _say_texts(notes: Notes, record: ZenodoRecord, metadata: Mapping[str, Any]) -> None:
    """Title and description, unless they are those of a release and the module speaks for itself."""
    page, default = _page(record), _default_title(record)
    if default is None:
        notes.say("title", record.title, url=page)
    elif not _is_followed(notes):
        notes.say("title", default, raw=record.title, url=page, rule=DEFAULT_TITLE)
    if default is None or not _is_followed(notes):
        written = text(metadata, "description")
        said = markdown_of_html(written)
        notes.say("description", said, url=page, rule="declared" if default is None else "release notes")


def _default_title(record: ZenodoRecord) -> str | None:
    """The name of the repository as a title, where the title is `owner/name: release`."""
    match = re.match(r"([\w.-]+/[\w.-]+)(?::|\Z)", record.title)
    named = match.group(1).lower() if match else ""
    key = next((each for each in record.repositories if named and each.endswith(f"/{named}")), None)
    return title_from_name(match.group(1)) if key and match else None


def _say_licence(notes: Notes, record: ZenodoRecord, metadata: Mapping[str, Any]) -> None:
    """The licence; `cc-by-4.0` of software is what Zenodo takes when it knows none."""
    value = _licence(metadata)
    if value is None:
        return
    is_default = value.spdx == "CC-BY-4.0" and record.thing in _SOFTWARE
    rule = DEFAULT_LICENCE if is_default else "declared"
    notes.say("licence.declared", value, raw=value.raw, url=_page(record), rule=rule)


def _licence(metadata: Mapping[str, Any]) -> LicenceValue | None:
    """The licence of either shape: one by its id, or a list of which each may be taken."""
    rows = [*parts(metadata.get("rights"), 10)] or [part(metadata, "license")]
    plain = metadata.get("license")
    names = [name for each in rows if (name := _licence_name(each))]
    names = names or ([plain] if isinstance(plain, str) and plain.strip() else [])
    return licence_value(" OR ".join(dict.fromkeys(names))) if names else None


def _licence_name(form: Mapping[str, Any]) -> str:
    title = next((str(each) for each in part(form, "title").values() if isinstance(each, str)), "")
    return text(form, "id") or title.strip()[:300] or text(part(form, "props"), "url") or text(form, "link")


def _keywords(metadata: Mapping[str, Any]) -> Iterator[str]:
    plain = metadata.get("keywords")
    yield from (each for each in (plain if isinstance(plain, list) else ())[:200] if isinstance(each, str))
    yield from (word for each in parts(metadata.get("subjects"), 200) if (word := text(each, "subject")))


def _say_related(notes: Notes, record: ZenodoRecord, related: Related) -> None:
    """Papers and data sets by what the relation says of them, and what the record itself comes from or belongs to."""
    name, url = doi(related.identifier), clean_url(related.identifier)
    address = doi_url(name) if name else url
    if address is None:
        return
    page, kind = _page(record), related.kind.partition("-")[0]
    repository, how = repository_key(related.identifier), related.relation
    of_paper = kind == "publication" or (not kind and name is not None and not name.startswith("10.5281/"))
    if kind == "dataset" and how in _DATA:
        data = Resource(address, doi=name, kind="dataset")
        notes.say("training_data", data, raw=related.identifier, url=page, rule=how)
    elif of_paper and how in _PAPERS:
        notes.say("publications", Resource(address, doi=name), raw=related.identifier, url=page, rule=how)
    elif kind in ("software", "model", "") and how in _RELATIONS and repository not in record.repositories:
        target = repository_url(repository) if repository else address
        notes.say("relations", Relation(_RELATIONS[how], target), raw=related.identifier, url=page, rule=how)


def _resources(notes: Notes, record: ZenodoRecord, form: Mapping[str, Any]) -> Iterator[Resource]:
    """The record as a thing with a name, by each of its DOIs: a module may name one version, or all of them."""
    metadata = part(form, "metadata")
    licence = _licence(metadata)
    year = re.match(r"(?:19|20)\d\d", record.published)
    names = [name for name in dict.fromkeys((record.concept_doi, record.doi)) if name]
    # What is wrong with the people of a data set or paper is nothing that a module's owner can mend.
    silent = Notes(READER, notes.document, notes.context)
    authors = tuple(each.name for each in creators_of(silent, metadata))
    for name in names or (None,):
        yield Resource(
            url=doi_url(name) if name else _page(record), title=record.title or None, doi=name,
            kind=_KINDS.get(record.thing, record.thing), licence=licence.spdx or licence.raw if licence else None,
            authors=authors, year=int(year.group()) if year else None, publisher="Zenodo",
        )


def _say_versions(notes: Notes, found: list[tuple[ZenodoRecord, Mapping[str, Any]]]) -> None:
    for record, form in found:
        page = _page(record)
        notes.say("evidence.about_doi", record.doi, url=page)
        if not _is_module(notes, record):
            for resource in _resources(notes, record, form):
                if resource.doi == record.doi and record.doi:
                    notes.say("resources", resource, url=page, rule="one version")
            continue
        name, date = _version_name(record), iso_date(record.published)
        if name:
            notes.say("versions", Version(name, date, page, doi=record.doi, release=True), raw=record.version, url=page)


def _version_name(record: ZenodoRecord) -> str:
    """The version as the depositor names it, else the tag it is made from; `v1.2` is `1.2`."""
    return re.sub(r"^v\.?\s?(?=\d)", "", record.version or record.tag, flags=re.IGNORECASE)


def _page(record: ZenodoRecord) -> str | None:
    """The record's page for people, as it is: made clean it would become a DOI by its number, which may be another."""
    return record.page or (doi_url(record.doi) if record.doi else None)
