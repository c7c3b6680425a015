"""Which metadata formats of OAI-PMH are read here: told by the payload's namespace, not by what a prefix is called.

Repositories call one format `datacite`, `datacite4`, `oai_datacite3` as they like; the path of a document names the
format. Border: the formats are read in files of their own.
"""

from __future__ import annotations

import re

ABOUT_PATH = "oai:about"
OAI_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"

# Format as it stands behind `oai:` in the path of a document, its namespaces, the name of its root.
_ROWS = (
    ("oai_dc", re.compile(r"http://www\.openarchives\.org/OAI/2\.0/oai_dc/?"), "dc"),
    ("oai_datacite", re.compile(r"https?://schema\.datacite\.org/oai/oai-1\.\d/?"), "oai_datacite"),
    ("datacite", re.compile(r"https?://datacite\.org/schema/kernel-[\d.]+/?"), "resource"),
)

FORMATS = tuple(name for name, _, _ in _ROWS)


def format_of(namespace: str, root: str) -> str | None:
    """The format of a payload with this namespace and root, or None when it is none that is read here.

    Without a namespace of its own, which some repositories forget, the root's name decides.
    """
    if namespace in {"", OAI_NAMESPACE}:
        return next((name for name, _, known in _ROWS if known == root), None)
    return next((name for name, pattern, _ in _ROWS if pattern.fullmatch(namespace)), None)


def path_of(format_name: str) -> str:
    """The path of a document in this format."""
    return f"oai:{format_name}"
