"""Who is believed before whom: the one table behind every merged value.

The order of the house is: a curator, the module's own metadata (the newer format before the older one), CITATION.cff
and codemeta.json, Zenodo and what else tells of a deposit, the repository, the image, and last what follows from the
rest. Some fields are known better by others; they have an order of their own, with its reason.

A statement is ordered by what it is (a template's text and an impossible date come last), by the rank of its reader
for that field, and by the place it comes from (where the module is maintained today, before where it was). The two
metadata formats of the ecosystem are one rank, because a newer place with the old format knows better than an
abandoned one with the new format; within one place the new format is believed first. Border: which value a field
gets is worked out in `vocab.merge`.
"""

from __future__ import annotations

from dataclasses import dataclass

# Reader names, the most believed first. A reader that stands nowhere here comes after all that do, before `derived`.
DEFAULT_ORDER = (
    "curator", "ai4_v2", "deep_v1", "citation_cff", "codemeta", "zenodo_json", "zenodo", "datacite", "oai_datacite",
    "oai_dc", "csl", "github", "gitlab", "huggingface", "git", "pyproject", "setup_cfg", "setup_py", "version_file",
    "licence_file", "dockerfile", "readme", "oci", "dockerhub", "listing",
)

_FORGES = ("github", "gitlab", "huggingface", "git")
_DEPOSITS = ("zenodo", "datacite", "oai_datacite", "oai_dc", "csl")
_PACKAGING = ("pyproject", "setup_cfg", "setup_py")

# Fields for which others are asked first; who is not named follows in the default order.
FIELD_ORDER: dict[str, tuple[str, ...]] = {
    "version": (
        "curator", *_FORGES, "zenodo", "datacite", "version_file", *_PACKAGING, "citation_cff", "codemeta",
        "zenodo_json", "ai4_v2", "deep_v1", "dockerfile", "oci",
    ),
    "licence.detected": ("curator", "licence_file", *_FORGES),
    "authors": (
        "curator", "citation_cff", "zenodo_json", "zenodo", "datacite", "codemeta", "ai4_v2", "deep_v1",
        "oai_datacite", "oai_dc", "csl", *_PACKAGING, "dockerfile", "oci", *_FORGES,
    ),
    "contacts": ("curator", "citation_cff", "codemeta", *_PACKAGING, "dockerfile"),
    "dates.issued": ("curator", *_FORGES, "zenodo", "datacite", "citation_cff", "codemeta"),
    "dates.content": ("curator", *_FORGES),
}

# Why such a field has an order of its own, for the manual and the page.
REASONS = {
    "version": "a tag is what was released; packaging files say what will be",
    "licence.detected": "what the text of the licence file is",
    "authors": "these name people with their ORCIDs, in the order in which they are to be cited; the modules' own"
    " metadata names none so far",
    "contacts": "who answers stands where the code is packed",
    "dates.issued": "the day of the release, not the day that somebody wrote down",
    "dates.content": "only the commits know it",
}

# Rules that no order can say.
RULES = (
    "A licence file holds against what the metadata declares.",
    "CC-BY-4.0 of a deposit is what Zenodo enters where a release names no licence: it never holds against what the"
    " repository says.",
    "A template's text, the name of a release as title and an impossible date come last, whoever says them.",
    "Version, licence and the dates of release and content are taken from the place where the module is maintained"
    " today before any earlier place.",
    "Lists (keywords, images, data sets, papers, DOIs …) take what everybody names; who is believed more comes first,"
    " the others complete it.",
    "An empty value never takes the place of a full one.",
)

# Readers of what a deposit says, and of what a registry says of an image.
DEPOSITS = frozenset(_DEPOSITS)
IMAGES = frozenset({"oci", "dockerhub"})

# What people call the readers.
LABELS = {
    "curator": "the curator", "ai4_v2": "ai4-metadata.yml", "deep_v1": "metadata.json", "citation_cff": "CITATION.cff",
    "codemeta": "codemeta.json", "zenodo_json": ".zenodo.json", "zenodo": "Zenodo", "datacite": "DataCite",
    "oai_datacite": "a record over OAI-PMH (DataCite)", "oai_dc": "a record over OAI-PMH (Dublin Core)",
    "csl": "the DOI's citation", "github": "the forge (GitHub)", "gitlab": "the forge (GitLab)",
    "huggingface": "the model's page (Hugging Face)", "git": "the repository", "pyproject": "pyproject.toml",
    "setup_cfg": "setup.cfg", "setup_py": "setup.py", "version_file": "VERSION", "licence_file": "the licence file",
    "dockerfile": "the Dockerfile", "readme": "the README", "oci": "the image registry", "dockerhub": "Docker Hub",
    "listing": "the catalogue", "derived": "what follows",
}

# Facts about one place: there the place goes before the reader.
PLACE_FIRST = frozenset({"version", "licence.declared", "licence.detected", "dates.issued", "dates.content"})

# Readers that are one rank, so that the place decides between them first.
SAME_RANK = {"deep_v1": "ai4_v2"}

_AFTER_ALL = len(DEFAULT_ORDER) * 2
_DERIVED = _AFTER_ALL + 1


def rank(field: str, reader: str) -> int:
    """The rank of a reader for a field; smaller is believed first."""
    if reader == "derived":
        return _DERIVED
    order = FIELD_ORDER.get(field, ())
    if reader in order:
        return order.index(reader)
    return len(order) + DEFAULT_ORDER.index(reader) if reader in DEFAULT_ORDER else _AFTER_ALL


def order_key(field: str, reader: str, place: int) -> tuple[int, int, int]:
    """By what statements about one field are sorted, the most believed first.

    Args:
        field: a row of `vocab.fields.FIELDS`.
        reader: the reader that found the statement.
        place: 0 for the place where the module is maintained today, more for earlier ones.
    """
    own = rank(field, reader)
    if reader == "curator":
        return (-1, own, place)
    if field in PLACE_FIRST:
        return (place, own, place)
    return (rank(field, SAME_RANK.get(reader, reader)), place, own)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table for people: the fields, who is believed in which order, and why."""

    fields: str
    order: tuple[str, ...]
    why: str


def table() -> tuple[Row, ...]:
    """The order of the house and its exceptions, as the manual and the page show them."""
    exceptions = [Row(field, _labels(order), REASONS[field]) for field, order in FIELD_ORDER.items()]
    return (Row("every other field", _labels(DEFAULT_ORDER), "the order of the house"), *exceptions)


def _labels(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(LABELS[each] for each in order)
