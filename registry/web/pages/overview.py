"""The pages that are no search and no module: first page, findings, sources, use of the data."""

from __future__ import annotations

from xml.sax.saxutils import escape

from registry.due import outlooks
from registry.findings import count_findings, list_findings
from registry.modules import count_modules, list_modules
from registry.search.engine import Answer, Query, SearchUnavailableError
from registry.services import Services
from registry.web.api.parameters import LARGEST_NUMBER
from registry.web.negotiation import all_choices
from registry.web.pages.cards import finding_notes, hit_cards
from registry.web.pages.catalogue_page import FACET_LABELS, other_last
from registry.web.pages.contexts import (
    AboutPage,
    Choice,
    DocumentKind,
    FacetGroup,
    FacetLink,
    FindingsPage,
    HomePage,
    OaiFormat,
    SourceRow,
    SourcesPage,
)
from registry.work import stamp_of
from vocab.faces import FACES
from vocab.module import Status
from vocab.precedence import RULES, table
from vocab.record import Severity

_THEMES = ("task", "library", "data_type")
SHOWN_THEMES, SHOWN_MODULES, SHOWN_FINDINGS = 8, 6, 100
ROBOTS = "User-agent: *\nDisallow: /admin\nDisallow: /modules?\nDisallow: /api/v1/search\n"


def home_page(services: Services) -> HomePage:
    """The first page; without search engine it still says how many modules there are."""
    total = count_modules(services.database).get(Status.PUBLISHED, 0)
    try:
        answer = services.search.search(Query(sort="updated", size=SHOWN_MODULES))
    except SearchUnavailableError:
        answer = Answer((), 0, {})
    groups = []
    for name in _THEMES:
        values = other_last(answer.facets.get(name, ())[:SHOWN_THEMES])
        links = tuple(FacetLink(each.label, each.count, f"/modules?{name}={each.value}") for each in values)
        if links:
            groups.append(FacetGroup(name, FACET_LABELS[name], links, open=True))
    return HomePage(total, tuple(groups), hit_cards(services.database, answer.hits))


def findings_page(services: Services, severity: str | None, after: str | None) -> FindingsPage:
    """Findings of one severity or all; anything else in the address is passed over."""
    chosen = severity if severity in tuple(Severity) else None
    number = min(int(after[:12]), LARGEST_NUMBER) if after and after.isascii() and after.isdigit() else None
    found = list_findings(services.database, severity=chosen, after=number, limit=SHOWN_FINDINGS + 1)
    shown = found[:SHOWN_FINDINGS]
    counts = count_findings(services.database)
    choices = [Choice("all", "/findings", chosen is None, sum(counts.values()))]
    choices += [
        Choice(each, f"/findings?severity={each}", each == chosen, counts.get(each, 0)) for each in reversed(Severity)
    ]
    next_url = None
    if len(found) > SHOWN_FINDINGS:
        next_url = f"/findings?{f'severity={chosen}&' if chosen else ''}after={shown[-1].id}"
    return FindingsPage(finding_notes(services.database, shown), tuple(choices), next_url)


def sources_page(services: Services) -> SourcesPage:
    """Every source with its last run and its next one."""
    rows = []
    now = stamp_of(services.clock.now())
    for each in outlooks(services):
        source, run = each.source, each.last
        rows.append(
            SourceRow(
                name=source.name,
                kind=source.kind,
                schedule=source.schedule,
                ended=run.ended if run else None,
                status=str(run.status) if run else None,
                listed=run.counts.get("listed", 0) if run else 0,
                failed=run.counts.get("failed", 0) if run else 0,
                enabled=source.enabled,
                paused=source.paused_until is not None and source.paused_until > now,
                next=stamp_of(each.next.at) if each.next.at is not None else None,
                next_why=each.next.why,
            )
        )
    return SourcesPage(tuple(rows))


def about_page(services: Services) -> AboutPage:
    """Addresses and formats, from the table of faces."""
    base = services.settings.base_url
    first = list_modules(services.database, limit=1, status=Status.PUBLISHED, merged=False)
    slug = first[0].module.slug if first else "…"
    return AboutPage(
        base_url=base,
        example_uri=f"{base}/id/module/{slug}",
        formats=tuple(OaiFormat(each.oai.prefix, each.oai.schema) for each in FACES.values() if each.oai),
        documents=tuple(
            DocumentKind(each.face.title, each.serialisation.media_type, f".{each.serialisation.extension}")
            for each in all_choices()
        ),
        precedence=table(),
        rules=RULES,
    )


def opensearch(services: Services) -> str:
    """The OpenSearch 1.1 description document."""
    settings = services.settings
    base, name = escape(settings.base_url), escape(settings.repository_name)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>{name[:16]}</ShortName><Description>Search {name}</Description>"
        "<InputEncoding>UTF-8</InputEncoding>"
        f'<Url type="text/html" template="{base}/modules?q={{searchTerms}}"/>'
        f'<Url type="application/json" template="{base}/api/v1/search?q={{searchTerms}}"/>'
        "</OpenSearchDescription>"
    )
