"""GitLab's own facts about a project and its releases: `api:gitlab-project`, `api:gitlab-releases`.

What stands in the project's repository, its tags and its commits are read as those of any repository. Border: stars and
other counters are not content and not read. GitLab REST API v4.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vocab.dates import iso_date
from vocab.identifiers import clean_url, repository_key
from vocab.licences import licence_value
from vocab.module import Link, Version
from vocab.readers import values
from vocab.readers.notes import Notes
from vocab.readers.releases import is_prerelease, order_of, say_versions, version_of
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "gitlab"

_MAX = 1_000


def read(document: Document, context: EntryContext) -> Reading:
    """Reads an answer of the API."""
    notes = Notes(READER, document, context)
    say, shape = _ANSWERS[document.path]
    try:
        answer = json.loads(document.body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, shape):
        notes.tell(
            "document-not-text", f"the answer for {document.path} is no JSON of its form", found="something else",
            expected="an answer of GitLab's API",
        )
        return notes.reading(parsed=False)
    say(notes, answer)
    return notes.reading()


def _say_project(notes: Notes, answer: dict[str, Any]) -> None:
    page = clean_url(_text(answer, "web_url"))
    if isinstance(answer.get("id"), int):
        notes.say("evidence.numeric_id", str(answer["id"]), url=page)
    notes.say("links", Link("source_code", notes.context.url), url=page, rule="the repository itself")
    notes.say("summary", one_line(_text(answer, "description")), url=page)
    for topic in _list(answer.get("topics") or answer.get("tag_list"), str):
        values.say_keyword(notes, Node(topic.replace("-", " "), 0), rule="topic")
    licence = answer.get("license")
    named = (_text(licence, "key") or _text(licence, "name")) if isinstance(licence, dict) else ""
    if named and named != "other":
        notes.say("licence.declared", licence_value(named), raw=named, url=page, rule="told by the forge")
    notes.say("dates.created", iso_date(_text(answer, "created_at")), url=page, rule="the repository's creation")
    if answer.get("archived") is True:
        notes.tell("repository-archived", "the forge says that the repository is archived", found=page)
    origin = answer.get("forked_from_project")
    parent = clean_url(_text(origin, "web_url")) if isinstance(origin, dict) else None
    if parent and repository_key(parent) != notes.context.entry:
        notes.say("relations", {"type": "derived_from", "target": parent}, url=page, rule="fork")


def _say_releases(notes: Notes, answer: list[Any]) -> None:
    found: list[Version] = []
    for each in _list(answer, dict):
        version = version_of(_text(each, "tag_name"))
        if version is None or each.get("upcoming_release") is True:
            continue
        links = each.get("_links")
        page = clean_url(_text(links, "self")) if isinstance(links, dict) else None
        found.append(Version(version, iso_date(_text(each, "released_at")), page, release=not is_prerelease(version)))
    say_versions(notes, found, "release")
    final = [each for each in found if each.release and each.date]
    if final:
        latest = max(final, key=lambda each: (each.date or "", order_of(each.name)))
        notes.say("dates.issued", latest.date, url=latest.url, rule="last release")


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(value: object, kind: type[Any]) -> list[Any]:
    return [each for each in value[:_MAX] if isinstance(each, kind)] if isinstance(value, list) else []


_ANSWERS: dict[str, tuple[Callable[[Notes, Any], None], type[Any]]] = {
    "api:gitlab-project": (_say_project, dict),
    "api:gitlab-releases": (_say_releases, list),
}
