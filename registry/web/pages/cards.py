"""Hits and findings as lists show them."""

from __future__ import annotations

from markupsafe import Markup

from registry.findings import StoredFinding
from registry.search.engine import Hit
from registry.web.pages.contexts import FindingNote, HitCard

_FRAGMENTS = ("description", "keywords", "authors")


def hit_card(hit: Hit) -> HitCard:
    """A hit; the fragments are escaped by the engine and hold `<mark>` only."""
    marked = {name: tuple(map(Markup, texts)) for name, texts in hit.highlights.items()}
    summary_marked = marked.get("summary", ())
    whole = summary_marked and summary_marked[0].striptags() == (hit.summary or "").strip()
    return HitCard(
        hit.slug,
        hit.title,
        hit.summary,
        title_html=next(iter(marked.get("title", ())), None),
        summary_html=summary_marked[0] if whole else None,
        fragments=tuple(text for name in _FRAGMENTS for text in marked.get(name, ()))[:1],
    )


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
