"""Whether a module is complete and makes sense, as findings for its owner, and how complete it is as a number.

Each check is a row or a small function. What a reader already told about a file is not told again. Border: pure;
whether an address answers or an image can be pulled is measured elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vocab.dates import in_order
from vocab.findings import finding
from vocab.merging.choice import is_written_like_a_repository
from vocab.module import Module, Status
from vocab.record import Finding, SourceRecord

LONGEST_SUMMARY = 300

# Accents that were encoded twice, the replacement character, and control characters.
_ODD = re.compile("[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac|\ufffd|[\x00-\x08\x0b\x0c\x0e-\x1f]")

# Readers' findings that tell the same defect with file and line; then the check of the whole module keeps quiet.
TOLD_BY_READERS = {
    "title-is-repository-name": frozenset({"value-template-text"}),
    "updated-before-created": frozenset({"date-order", "date-implausible"}),
    "missing-licence": frozenset({"licence-missing"}),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that a complete module has: its field and weight, and the finding when it is missing."""

    name: str
    field: str
    weight: int
    code: str
    present: Callable[[Module], bool]
    tools_need_it: bool = True


def _full(field: str) -> Callable[[Module], bool]:
    return lambda module: bool(getattr(module, field))


def _has(kind: str) -> Callable[[Module], bool]:
    return lambda module: any(each.kind == kind for each in module.distributions)


def _has_doi(module: Module) -> bool:
    return any(each.scheme == "doi" for each in module.identifiers)


def _can_be_cited(module: Module) -> bool:
    """An article about it, or a DOI of its own."""
    return bool(module.publications) or _has_doi(module)


def _has_stated_authors(module: Module) -> bool:
    """Whom a label names, or the owner who stands in, is not said to be an author."""
    return any(not each.inferred for each in module.authors)


def _has_dates(module: Module) -> bool:
    return bool(module.dates.created and module.dates.updated)


def _has_licence(module: Module) -> bool:
    return module.licence.concluded is not None


PARTS = (
    Part("summary", "summary", 3, "missing-summary", _full("summary")),
    Part("description", "description", 3, "missing-description", _full("description")),
    Part("licence", "licence", 4, "missing-licence", _has_licence),
    Part("stated authors", "authors", 4, "missing-authors", _has_stated_authors),
    Part("contacts", "contacts", 1, "missing-contact", _full("contacts")),
    Part("image", "distributions", 3, "missing-image", _has("image")),
    Part("source code", "distributions", 3, "missing-source-code", _has("source")),
    Part("training data", "training_data", 2, "missing-training-data", _full("training_data"), tools_need_it=False),
    Part("DOI", "identifiers", 2, "missing-doi", _has_doi),
    Part("version", "version", 2, "missing-version", _full("version")),
    Part("tasks", "tasks", 2, "missing-tasks", _full("tasks"), tools_need_it=False),
    Part("libraries", "libraries", 1, "missing-libraries", _full("libraries"), tools_need_it=False),
    Part("data types", "data_types", 1, "missing-data-types", _full("data_types"), tools_need_it=False),
    Part("categories", "categories", 1, "missing-categories", _full("categories")),
    Part("publications", "publications", 1, "missing-publication", _can_be_cited, tools_need_it=False),
    Part("dates", "dates", 1, "missing-dates", _has_dates),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a module is, from 0 to 1, with the names of the parts that are there and that are not."""

    value: float
    present: tuple[str, ...]
    missing: tuple[str, ...]


def completeness(module: Module) -> Completeness:
    """The share of what a module of its type should have, weighted."""
    wanted = _wanted(module)
    there = [part for part in wanted if part.present(module)]
    total = sum(part.weight for part in wanted)
    return Completeness(
        round(sum(part.weight for part in there) / total, 3),
        tuple(part.name for part in there),
        tuple(part.name for part in wanted if part not in there),
    )


def check(module: Module, records: Sequence[SourceRecord]) -> tuple[Finding, ...]:
    """All findings about a module as it is shown; none about one that is withdrawn.

    Args:
        module: the merged module.
        records: the records it was merged from; their findings are not repeated.
    """
    if module.status is Status.WITHDRAWN:
        return ()
    told = {each.code for record in records for each in record.findings}
    found = [*_missing(module), *_title(module), *_texts(module), *_dates(module)]
    return tuple(each for each in found if not TOLD_BY_READERS.get(each.code, frozenset()) & told)


def _wanted(module: Module) -> list[Part]:
    return [part for part in PARTS if part.tools_need_it or module.type != "tool"]


def _about(
    module: Module, code: str, message: str, field: str, found: str | None = None, expected: str | None = None
) -> Finding:
    """A finding about the module, addressed to the place where it is maintained."""
    at = module.sources[0] if module.sources else None
    source, entry = (at.source, at.key) if at is not None else (None, None)
    return finding(code, message, source=source, entry=entry, field=field, found=found, expected=expected)


def _missing(module: Module) -> Iterator[Finding]:
    for part in _wanted(module):
        if not part.present(module):
            yield _about(module, part.code, f"“{module.title}” has no {part.name}.", part.field)


def _title(module: Module) -> Iterator[Finding]:
    repositories = [each.value for each in module.aliases if each.kind == "repository"]
    if is_written_like_a_repository(module.title, *repositories):
        message = f"The title “{module.title}” is the name of a repository."
        yield _about(module, "title-is-repository-name", message, "title", module.title, "a title for people")


def _texts(module: Module) -> Iterator[Finding]:
    if module.summary and len(module.summary) > LONGEST_SUMMARY:
        length, most = len(module.summary), LONGEST_SUMMARY
        message = f"The summary has {length} characters."
        yield _about(module, "summary-too-long", message, "summary", str(length), f"{most} characters")
    for field in ("title", "summary", "description"):
        odd = _ODD.search(getattr(module, field) or "")
        if odd:
            text = getattr(module, field)
            around = text[max(0, odd.start() - 12) : odd.end() + 12]
            message = f"The {field} holds characters that came from a wrong encoding."
            yield _about(module, "text-odd", message, field, " ".join(around.split()))


def _dates(module: Module) -> Iterator[Finding]:
    dates = module.dates
    if dates.created and dates.updated and not in_order(dates.created, dates.updated):
        message = f"It was updated {dates.updated}, before it was created {dates.created}."
        yield _about(module, "updated-before-created", message, "dates.updated", dates.updated, dates.created)
