"""What the page of one module shows, gathered from the module, its origins, findings and neighbours."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from markupsafe import Markup

from registry.findings import list_findings
from registry.modules import StoredModule, face_of, module_by_slug, origins_of
from registry.search.engine import SearchUnavailableError
from registry.services import Services
from registry.web.markdown import rendered
from registry.web.negotiation import all_choices
from registry.web.pages.cards import finding_note
from registry.web.pages.citation import citation
from registry.web.pages.contexts import Alternate, ChipValue, HitCard, ModulePage, Value, WithdrawnPage
from registry.web.pages.facts import facts_of, lists_of
from registry.web.pages.origins import field_origins
from registry.web.pages.rendering import page_response
from registry.web.pages.running import run_steps
from vocab import terms
from vocab.identifiers import repository_key
from vocab.module import Module

SIMILAR = 4


def module_page(services: Services, stored: StoredModule) -> Response:
    """The page of a published module."""
    module = stored.module
    uri = f"{services.settings.base_url}/id/module/{quote(module.slug)}"
    page = ModulePage(
        slug=module.slug,
        uri=uri,
        title=module.title,
        summary=module.summary,
        purposes=tuple(ChipValue(each, terms.label("categories", each)) for each in module.categories),
        description=_description(module),
        run_steps=run_steps(module),
        lists=lists_of(module),
        facts=facts_of(module),
        citation=citation(module, services.settings.publisher),
        findings=tuple(finding_note(each) for each in list_findings(services.database, module=module.slug)),
        alternates=_alternates(module),
        sources=tuple(Value(each.key, each.url, each.source) for each in module.sources),
        successors=_successors(services, module),
        similar=_similar(services, module),
        schema_org=_schema_org(services, stored),
        origins=field_origins(origins_of(services.database, module.slug)),
    )
    return page_response(services, "module.html", page, section="modules")


def withdrawn_page(services: Services, stored: StoredModule) -> Response:
    """The tombstone of a withdrawn module, with 410."""
    module = stored.module
    uri = f"{services.settings.base_url}/id/module/{quote(module.slug)}"
    page = WithdrawnPage(
        module.slug, uri, module.title, stored.datestamp[:10], module.withdrawn_reason, _successors(services, module)
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


def _successors(services: Services, module: Module) -> tuple[Value, ...]:
    found: list[Value] = []
    for relation in module.relations:
        if relation.type != "successor":
            continue
        other = None if ":" in relation.target else module_by_slug(services.database, relation.target)
        if other is not None:
            found.append(Value(other.module.title, f"/modules/{quote(relation.target)}"))
        elif relation.target.startswith("https://"):
            found.append(Value(relation.title or relation.target, relation.target))
    return tuple(found)


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
