"""The origin of every value as the module page shows it, from what `registry.modules.origins_of` keeps."""

from __future__ import annotations

from typing import Any

import orjson

from registry.web.pages.module_contexts import FieldOrigin, OriginEntry

# Reader → how people call what it reads.
_READERS = {
    "ai4_v2": "AI4OS metadata",
    "deep_v1": "DEEP metadata",
    "citation_cff": "CITATION.cff",
    "codemeta": "CodeMeta",
    "zenodo_json": "Zenodo metadata file",
    "pyproject": "pyproject.toml",
    "setup_cfg": "setup.cfg",
    "setup_py": "setup.py",
    "version_file": "VERSION file",
    "licence_file": "licence file",
    "dockerfile": "Dockerfile",
    "readme": "README",
    "github": "GitHub",
    "gitlab": "GitLab",
    "huggingface": "Hugging Face",
    "git": "git repository",
    "zenodo": "Zenodo",
    "datacite": "DataCite",
    "csl": "the DOI's citation",
    "oai_datacite": "DataCite over OAI-PMH",
    "oai_dc": "Dublin Core over OAI-PMH",
    "oci": "image registry",
    "dockerhub": "Docker Hub",
    "derived": "what follows",
    "listing": "catalogue listing",
    "curator": "curator",
}
LONGEST_VALUE = 400
_SHOWN_COMMIT = 10


def field_origins(origins: dict[str, Any]) -> dict[str, FieldOrigin]:
    """For each field what was said about it, the winner first."""
    shown: dict[str, FieldOrigin] = {}
    for name, statements in origins.items():
        entries = sorted((_entry(each) for each in statements), key=lambda entry: not entry.won)
        shown[name] = FieldOrigin(name.replace("_", " ").replace(".", ", "), tuple(entries))
    return shown


def _entry(statement: dict[str, Any]) -> OriginEntry:
    origin = statement.get("origin", {})
    place = origin.get("file")
    if place and origin.get("line"):
        place = f"{place}, line {origin['line']}"
    reader = str(origin.get("reader", ""))
    said_by = _READERS.get(reader, reader)
    if origin.get("rule") not in (None, "declared"):
        said_by = f"{said_by} ({origin['rule']})"
    raw = statement.get("raw")
    commit = origin.get("commit")
    return OriginEntry(
        value=_text(statement.get("value")),
        raw=_text(raw) if raw is not None else None,
        said_by=f"{said_by} of {origin['entry']}" if origin.get("entry") else said_by,
        place=place,
        url=_address(origin),
        commit=str(commit)[:_SHOWN_COMMIT] if commit else None,
        won=bool(statement.get("won")),
        why=statement.get("why"),
    )


def _address(origin: dict[str, Any]) -> str | None:
    url = origin.get("url")
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        return None
    return f"{url}#L{origin['line']}" if origin.get("line") and "/blob/" in url else url


def _text(value: Any) -> str:
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_text(each)}" for name, each in value.items() if each not in (None, "", False))
    elif isinstance(value, list):
        text = ", ".join(_text(each) for each in value)
    else:
        text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"
