"""What git alone knows of a repository: `api:git-refs` and `api:git-commits`, in the forms that our harvester keeps.

Border: no forge is asked, so a repository's creation, topics and stars are not known here; nor whether it is a fork.
When the first commit was made is not said either: in a fork, or in what began as a copy of a template, it is the date
of something else.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vocab.dates import iso_date
from vocab.identifiers import clean_url
from vocab.module import Version
from vocab.readers.notes import Notes
from vocab.readers.releases import (
    CONTENT_RULE,
    Commit,
    content_commit,
    is_prerelease,
    order_of,
    say_versions,
    version_of,
)
from vocab.record import Document, EntryContext, Reading

READER = "git"

_MAX = 1_000


def read(document: Document, context: EntryContext) -> Reading:
    """Reads what was kept of the refs or of the commits."""
    notes = Notes(READER, document, context)
    say, shape = _FORMS[document.path]
    try:
        kept = json.loads(document.body)
    except (ValueError, RecursionError):
        kept = None
    if not isinstance(kept, shape):
        notes.tell(
            "document-not-text", f"what was kept as {document.path} is not of its form", found="something else",
            expected="refs and commits of a repository",
        )
        return notes.reading(parsed=False)
    say(notes, kept)
    return notes.reading()


def _say_refs(notes: Notes, kept: dict[str, Any]) -> None:
    found: list[Version] = []
    for each in _rows(kept.get("tags")):
        name = _text(each, "name")
        version = version_of(name)
        if version is None:
            if name:
                notes.tell("tag-not-a-version", f"the tag `{name}` names no version", field="versions", found=name)
            continue
        date, page = iso_date(_text(each, "date")), clean_url(_text(each, "page"))
        found.append(Version(version, date, page, commit=_text(each, "commit") or None))
    say_versions(notes, found, "tag")
    final = [each for each in found if each.date and not is_prerelease(each.name)]
    if final:
        latest = max(final, key=lambda each: (each.date or "", order_of(each.name)))
        notes.say("dates.issued", latest.date, url=latest.url, rule="last tag of a version")


def _say_commits(notes: Notes, kept: list[Any]) -> None:
    commits = [
        Commit(
            _text(each, "sha"), _text(each, "tree") or None,
            _texts(each.get("parents")),
            iso_date(_text(each, "date")), _text(each, "message"),
        ) for each in _rows(kept) if _text(each, "sha")
    ]
    for each in commits:
        notes.say("evidence.commits", each.sha)
    newest = content_commit(commits)
    if newest is not None:
        notes.say("dates.content", newest.date, rule=CONTENT_RULE)


def _rows(value: object) -> list[dict[str, Any]]:
    return [each for each in value[:_MAX] if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


_FORMS: dict[str, tuple[Callable[[Notes, Any], None], type[Any]]] = {
    "api:git-refs": (_say_refs, dict),
    "api:git-commits": (_say_commits, list),
}
