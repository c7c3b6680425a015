"""Hits and findings as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from harvester.sources.catalogue_files import CATALOGUE_FILES
from registry.database import Database
from registry.findings import StoredFinding
from registry.modules import modules_by_slugs
from registry.search.documents import search_document
from registry.search.engine import Hit
from registry.sources import list_sources
from registry.web.pages.contexts import CardFact, FindingNote, HitCard
from vocab import terms
from vocab.module import Module

# Keywords are not among them: what they say besides stands in the small print.
_FRAGMENTS = ("description", "authors")
_MOST_NAMES = 3
# Concepts that say nothing on a card.
_EMPTY_WORDS = frozenset({"other"})


def hit_cards(database: Database, hits: Sequence[Hit]) -> tuple[HitCard, ...]:
    """The cards of a page of hits; what all of them say besides is asked for at once."""
    known = {each.module.slug: each.module for each in modules_by_slugs(database, [hit.slug for hit in hits])}
    return tuple(hit_card(hit, known.get(hit.slug)) for hit in hits)


def hit_card(hit: Hit, module: Module | None = None) -> HitCard:
    """A hit; the fragments are escaped by the engine and hold `<mark>` only."""
    # Safe: the engine escapes what it marks (see `Hit`).
    marked = {name: tuple(map(Markup, texts)) for name, texts in hit.highlights.items()}
    return HitCard(
        hit.slug,
        hit.title,
        hit.summary,
        title_html=next(iter(marked.get("title", ())), None),
        summary_html=_whole(marked.get("summary", ()), hit.summary or ""),
        fragments=tuple(text for name in _FRAGMENTS for text in marked.get(name, ()))[:1],
        facts=_facts(module) if module is not None else (),
    )


def _whole(marked: Sequence[Markup], summary: str) -> Markup | None:
    """The summary with what is marked in it; None when the fragment is from its middle. Engines drop the full stop."""
    if not marked:
        return None
    plain = marked[0].striptags()
    return marked[0] + summary[len(plain) :] if summary.startswith(plain) else None


def _facts(module: Module) -> tuple[CardFact, ...]:
    document = search_document(module)
    licence = " ".join(document.facets["licence"])
    rows = (
        ("Tasks", _named("tasks", module.tasks)),
        ("Libraries", _named("libraries", module.libraries)),
        ("Licence", licence),
        ("Changed", f"changed {document.updated}" if document.updated else ""),
    )
    return tuple(CardFact(label, text) for label, text in rows if text)


def _named(scheme: str, values: Iterable[str]) -> str:
    labels = [terms.label(scheme, each) for each in values if each not in _EMPTY_WORDS]
    more = f" and {len(labels) - _MOST_NAMES} more" if len(labels) > _MOST_NAMES else ""
    return ", ".join(labels[:_MOST_NAMES]) + more


def finding_notes(database: Database, findings: Sequence[StoredFinding]) -> tuple[FindingNote, ...]:
    """Findings with the place where each is to be mended: in the module's repository, or in the catalogue's list."""
    catalogues: dict[str, str] = {}
    if any(each.file in CATALOGUE_FILES for each in findings):
        settings = {source.name: source.settings.get("catalogue") for source in list_sources(database)}
        catalogues = {name: str(catalogue) for name, catalogue in settings.items() if catalogue}
    return tuple(_note(each, catalogues) for each in findings)


def _note(finding: StoredFinding, catalogues: Mapping[str, str]) -> FindingNote:
    catalogue = catalogues.get(finding.source or "") if finding.file in CATALOGUE_FILES else None
    line = f"line {finding.line}" if finding.line else None
    parts = [finding.entry, f"listed in {catalogue}" if catalogue else None, finding.file, line]
    place = ", ".join(part for part in parts if part) or None
    repository = f"github.com/{catalogue}" if catalogue else finding.entry or ""
    address = _address(repository, finding.file, finding.line)
    return FindingNote(finding.severity, finding.message, finding.mend, place, address, finding.module)


def _address(repository: str, file: str | None, line: int | None) -> str | None:
    if not repository.startswith("github.com/"):
        return None
    if not file or file.startswith("api:"):
        return f"https://{repository}"
    return f"https://{repository}/blob/HEAD/{file}{f'#L{line}' if line else ''}"
