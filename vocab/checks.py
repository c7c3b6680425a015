"""Whether a module is complete and makes sense, as findings for its owner, and how complete it is as a number.

Each check is a row or a small function. What a reader already told about a file is not told again. Border: pure;
whether an address answers or an image can be pulled is measured elsewhere. Spec: issue point 5, DESIGN rule 10.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vocab.dates import in_order
from vocab.findings import finding
from vocab.module import Module, Status
from vocab.record import Finding, SourceRecord
from vocab.text import is_repository_name, looks_like_file_name

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
    """One thing that a complete module has: its weight in the measure, and the finding when it is missing."""

    name: str
    weight: int
    code: str
    present: Callable[[Module], bool]
    tools_need_it: bool = True


PARTS = (
    Part("summary", 3, "missing-summary", lambda module: bool(module.summary)),
    Part("description", 3, "missing-description", lambda module: bool(module.description)),
    Part("licence", 4, "missing-licence", lambda module: module.licence.concluded is not None),
    Part("authors", 4, "missing-authors", lambda module: any(not each.inferred for each in module.authors)),
    Part("contacts", 1, "missing-contact", lambda module: bool(module.contacts)),
    Part("image", 3, "missing-image", lambda module: _has(module, "image")),
    Part("source code", 3, "missing-source-code", lambda module: _has(module, "source")),
    Part("training data", 2, "missing-training-data", lambda module: bool(module.training_data), tools_need_it=False),
    Part("DOI", 2, "missing-doi", lambda module: any(each.scheme == "doi" for each in module.identifiers)),
    Part("version", 2, "missing-version", lambda module: bool(module.version)),
    Part("tasks", 2, "missing-tasks", lambda module: bool(module.tasks), tools_need_it=False),
    Part("libraries", 1, "missing-libraries", lambda module: bool(module.libraries), tools_need_it=False),
    Part("data types", 1, "missing-data-types", lambda module: bool(module.data_types), tools_need_it=False),
    Part("categories", 1, "missing-categories", lambda module: bool(module.categories)),
    Part("publications", 1, "missing-publication", lambda module: bool(module.publications), tools_need_it=False),
    Part("dates", 1, "missing-dates", lambda module: bool(module.dates.created and module.dates.updated)),
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


def _has(module: Module, kind: str) -> bool:
    return any(each.kind == kind for each in module.distributions)


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
            yield _about(module, part.code, f"“{module.title}” has no {part.name}.", part.name.replace(" ", "_"))


def _title(module: Module) -> Iterator[Finding]:
    repositories = [each.value for each in module.aliases if each.kind == "repository"]
    is_name = any(is_repository_name(module.title, each) for each in repositories)
    if is_name or looks_like_file_name(module.title):
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
