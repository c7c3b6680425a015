"""A DOI as DataCite has it registered: `api:datacite-doi`, one object of JSON:API.

Texts may be missing, empty or null, publishers and affiliations be names or objects, as the years went by. Counts of
views and citations are no content and not read. Border: what the terms mean is said in `datacite_kernel`. DataCite REST
API, "Retrieve a single DOI".
"""

from __future__ import annotations

from typing import Any

from vocab.readers.api_json import answer_of, line, objects, text
from vocab.readers.datacite_kernel import Kernel, Person, Related, Rights
from vocab.readers.datacite_said import say_kernel
from vocab.readers.notes import Notes
from vocab.record import Document, EntryContext, Reading

READER = "datacite"

_CONTACTS = frozenset({"contactperson", "datamanager", "supervisor", "projectleader"})


def read(document: Document, context: EntryContext) -> Reading:
    """Reads one DOI."""
    notes = Notes(READER, document, context)
    answer = answer_of(notes, "DataCite's API")
    record = answer.get("data") if answer is not None else None
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(attributes, dict):
        if answer is not None:
            notes.tell(
                "document-not-text", "the answer holds no DOI", found="another shape",
                expected="an answer of DataCite's API",
            )
        return notes.reading(parsed=False)
    say_kernel(notes, kernel_of(attributes))
    return notes.reading()


def kernel_of(attributes: dict[str, Any]) -> Kernel:
    """The attributes of a DOI in terms of the schema."""
    return Kernel(
        doi=text(attributes, "doi"),
        title=_main(attributes, "titles", "title", "titleType"),
        creators=tuple(map(_person, objects(attributes, "creators"))),
        contacts=tuple(_person(each) for each in objects(attributes, "contributors")
                       if text(each, "contributorType").lower() in _CONTACTS),
        publisher=line(attributes, "publisher") or line(attributes, "publisher", "name"),
        year=attributes.get("publicationYear"),
        type=text(attributes, "types", "resourceTypeGeneral"),
        rights=tuple(Rights(line(each, "rights"), line(each, "rightsUri"), line(each, "rightsIdentifier"))
                     for each in objects(attributes, "rightsList")),
        description=next((found for each in objects(attributes, "descriptions")
                          if text(each, "descriptionType") == "Abstract" and (found := text(each, "description"))), ""),
        subjects=tuple(line(each, "subject") for each in objects(attributes, "subjects")),
        issued=_issued(attributes),
        version=line(attributes, "version"),
        related=tuple(Related(line(each, "relatedIdentifier"), line(each, "relationType"),
                              line(each, "resourceTypeGeneral"))
                      for each in objects(attributes, "relatedIdentifiers")),
        page=text(attributes, "url"),
    )


def _main(attributes: dict[str, Any], names: str, name: str, kind: str) -> str:
    """The first of several that is of no special kind, else the first."""
    found = [(not text(each, kind), text(each, name)) for each in objects(attributes, names)]
    return next((each for is_main, each in found if is_main and each), next((each for _, each in found if each), ""))


def _issued(attributes: dict[str, Any]) -> str:
    dates = {text(each, "dateType"): text(each, "date") for each in objects(attributes, "dates")}
    return dates.get("Issued") or dates.get("Available") or ""


def _person(record: dict[str, Any]) -> Person:
    affiliations = record.get("affiliation")
    names = affiliations if isinstance(affiliations, list) else [affiliations]
    return Person(
        line(record, "name"), line(record, "givenName"), line(record, "familyName"), text(record, "nameType"),
        tuple(line(each, "nameIdentifier") for each in objects(record, "nameIdentifiers")),
        tuple(line(each, "name") if isinstance(each, dict) else line({"name": each}, "name") for each in names[:20]),
    )
