"""What the page of one module shows, gathered from the module, its origins, findings and neighbours."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from markupsafe import Markup

from registry.changes import newest_changes
from registry.findings import list_findings
from registry.modules import StoredModule, evidence_of, face_of, modules_by_slugs, origins_of
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.web.markdown import rendered
from registry.web.negotiation import all_choices
from registry.web.pages.cards import finding_notes
from registry.web.pages.citation import bibtex, citation
from registry.web.pages.contexts import ChipValue, HitCard, Value
from registry.web.pages.facts import facts_of, lists_of, ways_to
from registry.web.pages.module_contexts import Alternate, ModulePage, WithdrawnPage
from registry.web.pages.origins import field_origins
from registry.web.pages.rendering import page_response
from registry.web.pages.running import run_steps
from vocab import terms
from vocab.identifiers import repository_key
from vocab.module import Module
from vocab.record import Severity

SIMILAR = 4
CHANGES = 20
_REMARK = str(Severity.INFO)
_WORST_FIRST = tuple(map(str, reversed(Severity)))


def module_page(services: Services, stored: StoredModule) -> Response:
    """The page of a published module."""
    module = stored.module
    uri = f"{services.settings.base_url}/id/module/{quote(module.slug)}"
    publisher = services.settings.publisher
    found = sorted(
        list_findings(services.database, module=module.slug), key=lambda each: _WORST_FIRST.index(each.severity)
    )
    related = _related_modules(services, module)
    page = ModulePage(
        slug=module.slug,
        uri=uri,
        title=module.title,
        summary=module.summary,
        purposes=tuple(ChipValue(each, terms.label("categories", each)) for each in module.categories),
        ways=ways_to(module),
        description=_description(module),
        run_steps=run_steps(module),
        lists=lists_of(module),
        facts=facts_of(module),
        citation=citation(module, uri, publisher),
        bibtex=bibtex(module, uri, publisher),
        findings=finding_notes(services.database, [each for each in found if each.severity != _REMARK]),
        remarks=finding_notes(services.database, [each for each in found if each.severity == _REMARK]),
        alternates=_alternates(module),
        sources=tuple(Value(each.key, each.url, each.source) for each in module.sources),
        evidence=_evidence(services, module),
        successors=related["successor"],
        predecessors=related["predecessor"],
        similar=_similar(services, module),
        schema_org=_schema_org(services, stored),
        origins=field_origins(origins_of(services.database, module.slug)),
        changes=tuple(newest_changes(services.database, module.slug, CHANGES)),
    )
    return page_response(services, "module.html", page, section="modules")


def withdrawn_page(services: Services, stored: StoredModule) -> Response:
    """The tombstone of a withdrawn module, with 410."""
    module = stored.module
    uri = f"{services.settings.base_url}/id/module/{quote(module.slug)}"
    successors = _related_modules(services, module)["successor"]
    page = WithdrawnPage(
        module.slug, uri, module.title, stored.datestamp[:10], module.withdrawn_reason, successors
    )
    return page_response(services, "withdrawn.html", page, section="modules", status=410)


def _description(module: Module) -> Markup | None:
    if not module.description:
        return None
    files_at = pages_at = None
    key = next((key for link in module.links if link.rel == "source_code" and (key := repository_key(link.url))), None)
    if key is not None and key.startswith("github.com/"):
        repository = key.removeprefix("github.com/")
        files_at = f"https://raw.githubusercontent.com/{repository}/HEAD/"
        pages_at = f"https://github.com/{repository}/blob/HEAD/"
    # Safe: `rendered` is the sanitiser's own output.
    return Markup(rendered(module.description, files_at=files_at, pages_at=pages_at))  # noqa: S704


def _alternates(module: Module) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(
            f"{each.face.title} ({each.serialisation.extension})",
            each.serialisation.media_type,
            f"/modules/{quote(module.slug)}.{each.serialisation.extension}",
        )
        for each in all_choices()
    )


def _related_modules(services: Services, module: Module) -> dict[str, tuple[Value, ...]]:
    """What came after the module and before it: modules of ours by title, others by their address."""
    found: dict[str, list[Value]] = {"successor": [], "predecessor": []}
    wanted = [each for each in module.relations if each.type in found]
    slugs = [each.target for each in wanted if "/" not in each.target]
    titles = {each.module.slug: each.module.title for each in modules_by_slugs(services.database, slugs)}
    for relation in wanted:
        if relation.target in titles:
            value = Value(titles[relation.target], f"/modules/{quote(relation.target)}")
        elif relation.target.startswith("https://"):
            value = Value(relation.title or relation.target, relation.target)
        else:
            continue
        found[relation.type].append(value)
    return {name: tuple(values) for name, values in found.items()}


def _evidence(services: Services, module: Module) -> tuple[str, ...]:
    """Why several source records are one module, the strongest first; nothing to explain when there is but one."""
    if len(module.sources) < 2:
        return ()
    told = sorted(evidence_of(services.database, module.slug), key=lambda each: -each["strength"])
    return tuple(dict.fromkeys(each["detail"] for each in told))


def _similar(services: Services, module: Module) -> tuple[HitCard, ...]:
    try:
        return tuple(HitCard(hit.slug, hit.title, hit.summary) for hit in services.search.similar(module.slug, SIMILAR))
    except SearchUnavailableError:
        # The page is whole without it; the search page tells that the engine is away.
        return ()


def _schema_org(services: Services, stored: StoredModule) -> Markup:
    found = face_of(services.database, stored.module.slug, "schema.org")
    body = found.body.decode() if found else "{}"
    # Inside a script element only `</` and `<!--` could end or change it; both begin with `<`, which JSON may escape.
    return Markup(body.replace("<", "\\u003c"))  # noqa: S704
