"""The facts column and the lists of things on a module's page, as tables: what is shown, and from which fields."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from registry.web.pages.contexts import ChipValue, Value
from registry.web.pages.module_contexts import Fact, ListSection
from vocab import terms
from vocab.module import Agent, Distribution, LicenceValue, Link, Module, Resource, Version

# Facet → label, field, concept scheme.
_CONCEPTS = (
    ("task", "Tasks", "tasks", "tasks"),
    ("library", "Libraries", "libraries", "libraries"),
    ("data_type", "Data", "data_types", "data-types"),
    ("community", "Communities", "communities", "communities"),
)
# People of a paper that are named one by one; characters of a commit or digest that are shown.
_FEW = 3
_SHORT = 12
_LINK_LABELS = {
    "archive": "Archived at",
    "source_code": "Source code",
    "documentation": "Documentation",
    "homepage": "Home page",
    "issues": "Report a problem",
    "readme": "README",
    "ci": "Build",
    "demo": "Demo",
    "metadata": "Metadata file",
}


def facts_of(module: Module) -> tuple[Fact, ...]:
    """The rows of the facts column that have something to say."""
    rows = [
        Fact("Licence", ("licence.concluded", "licence.declared", "licence.detected"), _licence(module)),
        Fact("Authors", ("authors",), tuple(_agent(each) for each in module.authors)),
        Fact("Contact", ("contacts",), tuple(_agent(each) for each in module.contacts)),
        Fact("Version", ("version",), (Value(module.version),) if module.version else ()),
        Fact("Dates", ("dates.created", "dates.updated", "dates.issued", "dates.content"), _dates(module)),
        *(
            Fact(
                label,
                (field,),
                chips=tuple(ChipValue(each, terms.label(scheme, each)) for each in getattr(module, field)),
                facet=facet,
            )
            for facet, label, field, scheme in _CONCEPTS
        ),
        Fact("Keywords", ("keywords",), chips=tuple(ChipValue(each, each) for each in module.keywords), facet="q"),
        Fact("Links", ("links",), _links(module)),
        Fact("Identifiers", ("identifiers",), _identifiers(module)),
        Fact("Needs", ("requirements",), _requirements(module)),
    ]
    return tuple(row for row in rows if row.entries or row.chips)


def lists_of(module: Module) -> tuple[ListSection, ...]:
    """The lists of things that belong to the module."""
    images = [each for each in module.distributions if each.kind == "image"]
    weights = [each for each in module.distributions if each.kind == "weights"]
    base_models = [each for each in module.relations if each.type in ("base_model", "derived_from")]
    sections = [
        ListSection("images", "Docker images", tuple(_distribution(each) for each in images), ("distributions",)),
        ListSection("weights", "Trained weights", tuple(_distribution(each) for each in weights), ("distributions",)),
        ListSection(
            "data", "Training data", tuple(_resource(each) for each in module.training_data), ("training_data",)
        ),
        ListSection(
            "base", "Built on", tuple(_related(each.target, each.title) for each in base_models), ("relations",)
        ),
        ListSection(
            "papers", "Publications", tuple(_resource(each) for each in module.publications), ("publications",)
        ),
        ListSection(
            "versions",
            "Versions",
            tuple(
                _version(each) for each in module.versions
            ),
            ("versions",),
        ),
        ListSection(
            "aliases",
            "Also known as",
            tuple(Value(each.value, None, each.kind.replace("_", " ")) for each in module.aliases),
            ("aliases",),
            folded=True,
        ),
    ]
    return tuple(section for section in sections if section.entries)


def ways_to(module: Module) -> tuple[Value, ...]:
    """What people go on to from the page's head: the code, the image, the documentation, one of each."""
    links = {each.rel: each.url for each in reversed(module.links)}
    image = next((each.url for each in module.distributions if each.kind == "image" and each.url), None)
    rows = (
        (_LINK_LABELS["source_code"], links.get("source_code")),
        ("Docker image", image),
        *((_LINK_LABELS[rel], links.get(rel)) for rel in ("documentation", "demo", "homepage", "issues")),
    )
    return tuple(Value(label, url) for label, url in rows if url)


def _links(module: Module) -> tuple[Value, ...]:
    """Links by what they are; those that would read alike say where they lead."""
    often = Counter(_link_label(each) for each in module.links)
    return tuple(
        Value(label := _link_label(each), each.url, _where(each.url) if often[label] > 1 else None)
        for each in module.links
    )


def _link_label(link: Link) -> str:
    return link.title or _LINK_LABELS.get(link.rel, link.rel.replace("_", " "))


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"


def _licence(module: Module) -> tuple[Value, ...]:
    shown: list[Value] = []
    for label, value in (
        ("", module.licence.concluded),
        ("declared", module.licence.declared),
        ("licence file", module.licence.detected),
    ):
        if value is None or (label and shown and _licence_name(value) == shown[0].label):
            continue
        shown.append(Value(_licence_name(value), value.url, label or None))
    return tuple(shown)


def _licence_name(value: LicenceValue) -> str:
    return value.spdx or value.title or value.raw or "unknown"


def _agent(agent: Agent) -> Value:
    url = f"https://orcid.org/{agent.orcid}" if agent.orcid else agent.url
    parts = [agent.affiliation, agent.email, "not named in the metadata" if agent.inferred else None]
    return Value(agent.name, url, ", ".join(part for part in parts if part) or None)


def _dates(module: Module) -> tuple[Value, ...]:
    dates = module.dates
    rows = (
        ("created", dates.created),
        ("updated", dates.updated),
        ("released", dates.issued),
        ("last change of content", dates.content),
    )
    return tuple(Value(value[:10], None, label) for label, value in rows if value)


def _identifiers(module: Module) -> tuple[Value, ...]:
    shown = []
    for each in module.identifiers:
        url = {"doi": f"https://doi.org/{each.value}", "arxiv": f"https://arxiv.org/abs/{each.value}"}.get(each.scheme)
        shown.append(Value(each.value, url, f"{each.scheme.upper()}{f', {each.role}' if each.role else ''}"))
    return tuple(shown)


def _requirements(module: Module) -> tuple[Value, ...]:
    shown = []
    for each in module.requirements:
        parts = (
            f"{each.cpu} CPU" if each.cpu is not None else None,
            f"{each.gpu} GPU" if each.gpu is not None else None,
            f"{each.memory_mb:,} MB memory" if each.memory_mb is not None else None,
            f"{each.gpu_memory_mb:,} MB on the GPU" if each.gpu_memory_mb is not None else None,
            f"{each.storage_mb:,} MB disk" if each.storage_mb is not None else None,
        )
        shown.append(Value(", ".join(part for part in parts if part) or "nothing named", None, f"for {each.purpose}"))
    return tuple(shown)


def _version(each: Version) -> Value:
    """A version with its day and, where it was deposited, its DOI."""
    deposited = f"https://doi.org/{each.doi}" if each.doi else None
    parts = (each.date and each.date[:10], "release" if each.release else None, each.doi and f"DOI {each.doi}")
    return Value(each.name, each.url or deposited, " ".join(filter(None, parts)))


def _distribution(each: Distribution) -> Value:
    """What to fetch; of an image also its other tags, its platforms and what it was built from."""
    label = each.pull or each.title or each.url or each.reference or ""
    others = [tag for tag in each.tags if tag != each.tag and not label.endswith(f":{tag}")]
    parts = (
        f"{each.size_bytes / 1e6:,.0f} MB" if each.size_bytes else None,
        ", ".join(each.platforms),
        f"also tagged {', '.join(others)}" if others else None,
        f"pushed {each.pushed[:10]}" if each.pushed else None,
        f"commit {each.revision[:_SHORT]}" if each.revision else None,
        f"digest {each.digest[: len('sha256:') + _SHORT]}…" if each.digest else None,
    )
    return Value(label, each.url, "; ".join(filter(None, parts)) or None)


def _resource(each: Resource) -> Value:
    """A data set or paper as one names it: by title, with people, year, publisher and licence."""
    label = each.title or (f"doi:{each.doi}" if each.doi else None) or each.url or ""
    url = f"https://doi.org/{each.doi}" if each.doi else each.url
    people = f"{each.authors[0]} and others" if len(each.authors) > _FEW else ", ".join(each.authors)
    parts = (each.kind, people, str(each.year) if each.year else None, each.publisher, each.licence)
    return Value(label, url, ", ".join(filter(None, parts)) or None)


def _related(target: str, title: str | None) -> Value:
    if target.startswith(("https://", "http://")):
        return Value(title or target, target)
    return Value(title or target, f"/modules/{target}" if ":" not in target and "/" not in target else None)
