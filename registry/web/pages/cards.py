"""Hits and findings as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from registry.database import Database
from registry.findings import StoredFinding
from registry.modules import modules_by_slugs
from registry.search.documents import search_document
from registry.search.engine import Hit
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


def finding_note(finding: StoredFinding) -> FindingNote:
    """A finding with the place where it is to be mended."""
    parts = [finding.entry, finding.file, f"line {finding.line}" if finding.line else None]
    place = ", ".join(part for part in parts if part) or None
    return FindingNote(finding.severity, finding.message, finding.mend, place, _address(finding), finding.module)


def _address(finding: StoredFinding) -> str | None:
    entry = finding.entry or ""
    if not entry.startswith("github.com/"):
        return None
    if not finding.file or finding.file.startswith("api:"):
        return f"https://{entry}"
    return f"https://{entry}/blob/HEAD/{finding.file}{f'#L{finding.line}' if finding.line else ''}"
