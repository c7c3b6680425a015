"""Source records for tests, as the readers would make them from a repository."""

from __future__ import annotations

from typing import Any

from vocab.record import Origin, SourceRecord, Statement


def a_statement(
    field: str, value: Any, *, reader: str = "ai4_v2", source: str = "hub", entry: str = "github.com/hub/x", **more: Any
) -> Statement:
    """One statement; `more` are parts of its origin (`file`, `line`, `commit`, `rule`, `url`) and `raw`."""
    raw = more.pop("raw", None)
    return Statement(field, value, Origin(source=source, entry=entry, reader=reader, **more), raw)


def a_record(
    name: str,
    *,
    source: str = "hub",
    title: str | None = None,
    reader: str = "ai4_v2",
    statements: tuple[Statement, ...] = (),
    revision: str | None = None,
    **evidence: Any,
) -> SourceRecord:
    """A record of the repository `owner/name`.

    `evidence` are `evidence.*` fields by their last part (`moved_to="…"`, `image=["…"]`) and other fields with
    `__` for the dot (`dates__created="2024-05-06"`); lists are several statements.
    """
    key = name if name.count("/") > 1 else f"github.com/{name}"
    key = key.lower()
    found = list(statements)
    parts: dict[str, Any] = {"evidence.repository": key} | ({"title": title} if title else {})
    for field, value in evidence.items():
        dotted = field.replace("__", ".")
        plain = {"summary", "description", "training_data", "publications", "identifiers"}
        parts[dotted if "." in dotted or field in plain else f"evidence.{field}"] = value
    for field, value in parts.items():
        for each in value if isinstance(value, list) else [value]:
            from_readme = field in {"evidence.moved_to", "evidence.replaced_by"}
            found.append(
                a_statement(
                    field, each, source=source, entry=key, reader="readme" if from_readme else reader,
                    file="README.md" if from_readme else "ai4-metadata.yml", line=3 if from_readme else None,
                )
            )
    return SourceRecord(source, key, f"https://{key}", revision, tuple(found))


def a_thing(
    key: str, *, source: str = "elsewhere", reader: str = "zenodo", followed: bool = False, **said: Any
) -> SourceRecord:
    """A record of an image, a DOI or an OAI item; `said` are fields as in `a_record`, the evidence written out.

    `about_repository="…"` is `evidence.about_repository`; what is no evidence field is itself (`title="…"`).
    """
    evidence = {"about_repository", "about_image", "about_doi", "about_module", "thing", "image"}
    found = []
    for name, value in said.items():
        field = f"evidence.{name}" if name in evidence else name.replace("__", ".")
        values = value if isinstance(value, list) else [value]
        found += [a_statement(field, each, source=source, entry=key, reader=reader) for each in values]
    return SourceRecord(source, key, f"https://elsewhere.example/{key}", None, tuple(found), followed=followed)
