"""What of a module is searched, filtered and sorted by. One shape for both engines, so that they answer alike."""

from __future__ import annotations

from dataclasses import dataclass

from vocab import terms
from vocab.licences import licence_value
from vocab.module import Module
from vocab.text import plain_text

# Facet → the concept scheme its values come from; facets without a scheme label themselves.
SCHEME_OF_FACET = {
    "category": "categories",
    "task": "tasks",
    "library": "libraries",
    "data_type": "data-types",
    "community": "communities",
}

_WORDS_FOR_PRESENCE = {"image": "Docker image", "weights": "trained weights", "doi": "DOI", "dataset": "training data"}
_WORDS_FOR_TYPE = {"module": "Module", "tool": "Tool"}


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """A module as an index sees it. Dates are ISO days or empty; `names` are addresses and identifiers as text."""

    slug: str
    title: str
    summary: str
    description: str
    keywords: tuple[str, ...]
    authors: tuple[str, ...]
    names: tuple[str, ...]
    facets: dict[str, tuple[str, ...]]
    created: str
    updated: str
    sequence: int


def search_document(module: Module) -> SearchDocument:
    """The search document of a module."""
    created = (module.dates.created or "")[:10]
    updated = (module.dates.content or module.dates.updated or created)[:10]
    concepts = (("tasks", module.tasks), ("libraries", module.libraries), ("data-types", module.data_types))
    labels = [terms.label(scheme, value) for scheme, values in concepts for value in values]
    return SearchDocument(
        slug=module.slug,
        title=module.title,
        summary=module.summary or "",
        description=plain_text(module.description or ""),
        keywords=(*module.keywords, *labels),
        authors=tuple(agent.name for agent in module.authors if not agent.inferred),
        names=_names(module),
        facets=_facets(module),
        created=created,
        updated=updated,
        sequence=module.sequence or 0,
    )


def facet_label(facet: str, value: str) -> str:
    """What people read for a facet's value: the concept's preferred label where it is a concept."""
    scheme = SCHEME_OF_FACET.get(facet)
    if scheme is not None:
        return terms.label(scheme, value)
    if facet == "has":
        return _WORDS_FOR_PRESENCE.get(value, value)
    if facet == "type":
        return _WORDS_FOR_TYPE.get(value, value)
    return value


def name_key(name: str) -> str:
    """The form under which an address or identifier is looked up: lower case, without scheme and trailing slash."""
    folded = name.strip().casefold()
    for prefix in ("https://", "http://", "www."):
        folded = folded.removeprefix(prefix)
    return folded.rstrip("/").removesuffix(".git")


def _names(module: Module) -> tuple[str, ...]:
    names = [module.slug, *(alias.value for alias in module.aliases)]
    names += [identifier.value for identifier in module.identifiers]
    names += [link.url for link in module.links if link.rel == "source_code"]
    names += [each.reference for each in module.distributions if each.reference]
    keys: dict[str, None] = {}
    for name in names:
        key = name_key(name)
        keys[key] = None
        # `docker.io/ai4oshub/x` is typed `ai4oshub/x`, and a repository is often called by its last part alone.
        keys[key.removeprefix("docker.io/").removeprefix("github.com/")] = None
        keys[key.rsplit("/", 1)[-1]] = None
    return tuple(key for key in keys if key)


def _facets(module: Module) -> dict[str, tuple[str, ...]]:
    concluded = module.licence.concluded
    licence = (concluded.spdx or concluded.raw) if concluded else None
    kinds = {each.kind for each in module.distributions}
    present = {
        "image": "image" in kinds,
        "weights": "weights" in kinds,
        "doi": any(each.scheme == "doi" for each in module.identifiers),
        "dataset": bool(module.training_data),
    }
    year = (module.dates.created or "")[:4]
    return {
        "type": (module.type,),
        "category": module.categories,
        "task": module.tasks,
        "library": module.libraries,
        "data_type": module.data_types,
        "licence": (licence,) if licence else (),
        "community": module.communities,
        "source": tuple(sorted({each.source for each in module.sources})),
        "year": (year,) if year else (),
        "has": tuple(name for name, there in present.items() if there),
    }


def facet_value(facet: str, text: str) -> str:
    """The facet's value for what a person typed: a label, another spelling or the value itself."""
    scheme = SCHEME_OF_FACET.get(facet)
    if scheme is not None:
        found = terms.term(scheme, text)
        return found.id if found else text
    if facet == "licence":
        return licence_value(text).spdx or text
    return text.casefold() if facet in ("has", "type") else text
