"""What each template is given: one frozen class a page, so that no page shows what is not named here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from vocab.precedence import Row


@dataclass(frozen=True, slots=True)
class Site:
    """What every page needs. `section` marks the entry of the menu; `version` goes into addresses of assets."""

    name: str
    base_url: str
    version: str
    section: str = ""

    def asset(self, name: str) -> str:
        """The address of a static file, new with every version so that it can be cached for long."""
        return f"/static/{quote(name)}?v={self.version}"


@dataclass(frozen=True, slots=True)
class Value:
    """Something shown, perhaps with an address and a remark."""

    label: str
    url: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class ChipValue:
    """A facet's value that leads to the search for it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One value of a facet in the filter column; `url` adds it, or takes it back when `chosen`."""

    label: str
    count: int
    url: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One facet with its values."""

    name: str
    label: str
    values: tuple[FacetLink, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to look at a list."""

    label: str
    url: str
    chosen: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class CardFact:
    """A line of small print on a card: what it is (read aloud, not shown), and its words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class HitCard:
    """A found module on a list."""

    slug: str
    title: str
    summary: str | None
    title_html: Markup | None = None
    summary_html: Markup | None = None
    fragments: tuple[Markup, ...] = ()
    facts: tuple[CardFact, ...] = ()


@dataclass(frozen=True, slots=True)
class CorrectionNote:
    """Words that were replaced, and the way to the search as typed."""

    original: str
    to: str
    literal_url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page."""

    total: int
    facets: tuple[FacetGroup, ...]
    hits: tuple[HitCard, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """The list and search page."""

    heading: str
    canonical: str
    text: str
    hidden: tuple[tuple[str, str], ...]
    corrected: CorrectionNote | None
    facets: tuple[FacetGroup, ...]
    active: tuple[Choice, ...]
    clear_url: str
    sorts: tuple[Choice, ...]
    total: int
    hits: tuple[HitCard, ...]
    number: int
    pages: int
    previous_url: str | None
    next_url: str | None


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A finding as a page shows it."""

    severity: str
    message: str
    mend: str
    place: str | None
    url: str | None
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """An error, said to a person."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """Findings over all modules."""

    findings: tuple[FindingNote, ...]
    severities: tuple[Choice, ...]
    next_url: str | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with its last run, and when it is run again (None: not by itself) and why."""

    name: str
    kind: str
    schedule: str
    ended: str | None
    status: str | None
    listed: int
    failed: int
    enabled: bool
    paused: bool
    next: str | None
    next_why: str

    @property
    def status_class(self) -> str:
        """How the status is coloured: good, doubtful or bad."""
        if self.status in ("ok", "ok with findings"):
            return "good"
        return "bad" if self.status in ("failed", "interrupted") else "doubtful"


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Sources and how their last harvests went."""

    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class OaiFormat:
    """A format of the OAI-PMH interface."""

    prefix: str
    schema: str


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A document that every module is to be had as."""

    label: str
    media_type: str
    extension: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """How machines use the data, and who is believed before whom."""

    base_url: str
    example_uri: str
    formats: tuple[OaiFormat, ...]
    documents: tuple[DocumentKind, ...]
    precedence: tuple[Row, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """One concept on the page of its scheme."""

    id: str
    label: str
    url: str
    definition: str


@dataclass(frozen=True, slots=True)
class SchemePage:
    """A concept scheme."""

    name: str
    title: str
    uri: str
    concepts: tuple[ConceptRow, ...]


@dataclass(frozen=True, slots=True)
class ConceptPage:
    """One concept; `facet` leads to the modules that have it."""

    scheme: str
    scheme_title: str
    id: str
    label: str
    definition: str
    uri: str
    other_labels: tuple[str, ...]
    matches: tuple[Value, ...]
    facet: str | None
