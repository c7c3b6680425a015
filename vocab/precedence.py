"""Who is believed before whom: the one table behind every merged value.

A statement is ordered by what it is (a template's text and an impossible date come last), by the rank of its reader
for that field, and by the place it comes from (where the module is maintained today, before where it was). The two
metadata formats of the ecosystem are one rank, because a newer place with the old format knows better than an
abandoned one with the new format; within one place the new format is believed first. Border: which value a field
gets is worked out in `vocab.merge`.
"""

from __future__ import annotations

# Reader names, the most believed first. A reader that stands nowhere here comes after all that do, before `derived`.
DEFAULT_ORDER = (
    "curator", "ai4_v2", "deep_v1", "citation_cff", "codemeta", "zenodo_json", "zenodo", "datacite", "oai_datacite",
    "oai_dc", "csl", "github", "gitlab", "huggingface", "git", "pyproject", "setup_cfg", "setup_py", "version_file",
    "licence_file", "dockerfile", "readme", "oci", "dockerhub", "listing",
)

# Fields for which others are asked first; who is not named follows in the default order.
FIELD_ORDER: dict[str, tuple[str, ...]] = {
    # A tag is what was released; packaging files say what will be.
    "version": (
        "curator", "github", "gitlab", "git", "zenodo", "datacite", "version_file", "pyproject", "setup_cfg",
        "setup_py", "citation_cff", "codemeta", "zenodo_json", "ai4_v2", "deep_v1", "dockerfile",
    ),
    "licence.detected": ("curator", "licence_file", "github"),
    "authors": (
        "curator", "ai4_v2", "deep_v1", "citation_cff", "codemeta", "zenodo_json", "zenodo", "datacite", "pyproject",
        "setup_cfg", "setup_py", "dockerfile", "oci", "github",
    ),
    "contacts": ("curator", "citation_cff", "codemeta", "pyproject", "setup_cfg", "setup_py", "dockerfile"),
    "dates.issued": ("curator", "github", "gitlab", "git", "zenodo", "datacite", "citation_cff", "codemeta"),
    "dates.content": ("curator", "github", "gitlab", "git"),
}

# Readers of what a deposit says, and of what a registry says of an image.
DEPOSITS = frozenset({"zenodo", "datacite", "oai_datacite", "oai_dc"})
IMAGES = frozenset({"oci", "dockerhub"})

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
