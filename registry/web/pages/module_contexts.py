"""What the template of a module's page is given, and that of its tombstone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from registry.changes import Change
from registry.web.pages.contexts import ChipValue, FindingNote, HitCard, Value
from registry.web.pages.running import RunStep


@dataclass(frozen=True, slots=True)
class OriginEntry:
    """One statement about a field."""

    value: str
    raw: str | None
    said_by: str
    place: str | None
    url: str | None
    commit: str | None
    won: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """Everything that was said about one field."""

    label: str
    entries: tuple[OriginEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the facts: values or chips, and the fields whose origins belong to it."""

    label: str
    fields: tuple[str, ...]
    entries: tuple[Value, ...] = ()
    chips: tuple[ChipValue, ...] = ()
    facet: str = ""


@dataclass(frozen=True, slots=True)
class ListSection:
    """A list of things: data sets, weights, publications, versions; one that seldom matters is `folded`."""

    id: str
    label: str
    entries: tuple[Value, ...]
    fields: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Alternate:
    """The record as a document."""

    label: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class ModulePage:
    """The page of one module. `findings` are errors and warnings, `remarks` what could be better."""

    slug: str
    uri: str
    title: str
    summary: str | None
    purposes: tuple[ChipValue, ...]
    ways: tuple[Value, ...]
    description: Markup | None
    run_steps: tuple[RunStep, ...]
    lists: tuple[ListSection, ...]
    facts: tuple[Fact, ...]
    citation: str
    bibtex: str
    findings: tuple[FindingNote, ...]
    remarks: tuple[FindingNote, ...]
    alternates: tuple[Alternate, ...]
    sources: tuple[Value, ...]
    evidence: tuple[str, ...]
    successors: tuple[Value, ...]
    predecessors: tuple[Value, ...]
    similar: tuple[HitCard, ...]
    schema_org: Markup
    origins: dict[str, FieldOrigin]
    changes: tuple[Change, ...]

    def origin_list(self, fields: Sequence[str]) -> tuple[FieldOrigin, ...]:
        """What was said about each of these fields that somebody said something about."""
        return tuple(self.origins[field] for field in fields if field in self.origins)


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """The tombstone of a module."""

    slug: str
    uri: str
    title: str
    date: str | None
    reason: str | None
    successors: tuple[Value, ...]
