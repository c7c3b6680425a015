"""A DOI as any agency describes it for citing: `api:doi-csl`, the JSON of CSL that DOI content negotiation gives.

What is registered for citing is a paper unless its type says otherwise. Border: DOIs of DataCite are read from its own
API, which says more; what the terms mean is said in `datacite_kernel`. CSL-JSON 1.0.2; Crossref adds `license`, writes
names of types of its own, and gives a title as text or as a list.
"""

from __future__ import annotations

import re
from typing import Any

from vocab.readers.api_json import answer_of, line, objects, text
from vocab.readers.datacite_kernel import Kernel, Person, Rights
from vocab.readers.datacite_said import say_kernel
from vocab.readers.notes import Notes
from vocab.record import Document, EntryContext, Reading

READER = "csl"

# Types that are no text, by what DataCite calls them; whatever is not here is one.
_TYPES = {
    "dataset": "Dataset", "database": "Dataset", "software": "Software", "component": "Other", "figure": "Other",
    "graphic": "Other", "map": "Other", "motion_picture": "Other", "song": "Other", "grant": "Other",
}


def read(document: Document, context: EntryContext) -> Reading:
    """Reads one citation."""
    notes = Notes(READER, document, context)
    answer = answer_of(notes, "DOI content negotiation")
    if answer is None:
        return notes.reading(parsed=False)
    say_kernel(notes, kernel_of(answer))
    return notes.reading()


def kernel_of(citation: dict[str, Any]) -> Kernel:
    """A citation in terms of the DataCite schema."""
    date = _date(citation)
    return Kernel(
        doi=text(citation, "DOI"),
        title=_title(citation),
        creators=tuple(map(_person, objects(citation, "author"))),
        publisher=line(citation, "publisher"),
        year=date[:4],
        type=_TYPES.get(text(citation, "type").lower(), "Text"),
        rights=tuple(Rights(uri=line(each, "URL")) for each in objects(citation, "license")),
        description=text(citation, "abstract"),
        issued=date,
        version=line(citation, "version"),
        page=text(citation, "URL"),
    )


def _title(citation: dict[str, Any]) -> str:
    title = citation.get("title")
    first = next(iter(title), None) if isinstance(title, list) else title
    return first if isinstance(first, str) else ""


def _person(record: dict[str, Any]) -> Person:
    given, family = line(record, "given"), line(record, "family")
    if not family:
        return Person(line(record, "literal") or line(record, "name"), kind="Organizational")
    affiliations = tuple(line(each, "name") for each in objects(record, "affiliation"))
    return Person("", given, family, "Personal", (line(record, "ORCID"),), affiliations)


def _date(citation: dict[str, Any]) -> str:
    """The day, month or year of issue, as far as it is told."""
    for name in ("issued", "published", "published-print", "published-online"):
        issued = citation.get(name)
        rows = issued.get("date-parts") if isinstance(issued, dict) else None
        first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], list) else []
        parts = [str(each) for each in first[:3] if re.fullmatch(r"\d{1,4}", str(each))]
        if parts and len(parts[0]) == 4:
            return "-".join([parts[0], *(each.zfill(2) for each in parts[1:])])
    return ""
