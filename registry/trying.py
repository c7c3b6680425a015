"""Trying a source without keeping anything: what it lists, and what its first entries would become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvester.events import Event, Failed, Fetched, Finished, Gone, Listed, ListingFailed, Unchanged
from registry.errors import SourceError
from registry.harvesting import events_of
from registry.memory import DatabaseMemory, OverlayMemory
from registry.reading import KeptDocument, Version, read_documents
from registry.services import Services
from registry.source_files import Source
from registry.source_rows import require_source
from vocab.record import EntryContext


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source answered when it was asked for its list: how many entries, or why there is no list."""

    source: str
    good: bool
    listed: int
    sentence: str
    findings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg sources test --json`."""
        return {
            "source": self.source, "good": self.good, "listed": self.listed, "sentence": self.sentence,
            "findings": list(self.findings),
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What one entry would become: its outcome (`fetched`, `gone`, `failed`), title, and findings by severity."""

    key: str
    outcome: str
    title: str | None
    findings: dict[str, int]
    problem: str | None = None

    @property
    def good(self) -> bool:
        """Whether it could be read and says something."""
        return self.outcome == "fetched" and self.title is not None

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg sources preview --json`; absent values are absent."""
        form = {
            "key": self.key, "outcome": self.outcome, "title": self.title, "findings": self.findings,
            "problem": self.problem,
        }
        return {name: value for name, value in form.items() if value is not None}


def test_source(services: Services, name: str) -> Trial:
    """Ask a source for its list. Raises `SourceError` for an unknown name or wrong settings."""
    return try_definition(services, require_source(services.database, name))


def try_definition(services: Services, source: Source, secret: str | None = None) -> Trial:
    """Ask a source for its list, be it registered or not; nothing is stored.

    Args:
        services: the store, of which only memory is read.
        source: as it would be registered.
        secret: the credential it would have; None: the one it has, or that of its kind.

    Raises:
        SourceError: its settings are not right.
    """
    name = source.name
    for event in events_of(services, source, OverlayMemory(DatabaseMemory(services.database)), secret=secret):
        if isinstance(event, Listed):
            told = tuple(each.message for each in event.findings)
            doubts = f", {len(told)} of them written wrongly" if told else ""
            since = "" if event.whole else " that changed since it was harvested"
            sentence = f"{name} lists {len(event.entries)} entries{since}{doubts}."
            return Trial(name, True, len(event.entries), sentence, told)
        if isinstance(event, (ListingFailed, Finished)) and event.problem is not None:
            problem = event.problem
            return Trial(name, False, 0, f"{name} cannot be listed: {problem.message} {problem.mend}")
    raise SourceError(f"source {name!r}: the harvest ended without a listing")


def preview_source(services: Services, name: str, limit: int = 5) -> list[Preview]:
    """Read the first entries of a source. Raises `SourceError` for an unknown name, wrong settings, or no list."""
    source = require_source(services.database, name)
    memory = OverlayMemory(DatabaseMemory(services.database, forget=True))
    found: list[Preview] = []
    for event in events_of(services, source, memory, full=True):
        if isinstance(event, ListingFailed):
            raise SourceError(f"source {name!r}: {event.problem.message} {event.problem.mend}")
        preview = _preview(name, event)
        if preview is not None:
            found.append(preview)
        if len(found) >= limit:
            break
    return found


def _preview(source: str, event: Event) -> Preview | None:
    match event:
        case Fetched():
            return _of_documents(source, event)
        case Gone():
            return Preview(event.entry.key, "gone", None, {"error": 1}, event.reason)
        case Failed():
            return Preview(event.entry.key, "failed", None, {"error": 1}, event.problem.message)
        case Unchanged():
            return Preview(event.entry.key, "unchanged", None, {})
        case _:
            return None


def _of_documents(source: str, event: Fetched) -> Preview:
    bodies = {each.sha256: each.body for each in event.documents}
    documents = [KeptDocument(each.path, Version(each.sha256, each.url, each.commit)) for each in event.documents]
    context = EntryContext(source, event.key, event.url, event.revision, event.entry.listing)
    record = read_documents(context, documents, bodies.__getitem__).record
    counts: dict[str, int] = {}
    for each in record.findings:
        counts[str(each.severity)] = counts.get(str(each.severity), 0) + 1
    titles = record.values("title")
    return Preview(event.entry.key, "fetched", str(titles[0]) if titles else None, dict(sorted(counts.items())))
