"""GitHub's own facts about a repository: `api:repository`, `api:commits`, `api:tags`, `api:releases`.

The date of the last content is that of the newest commit whose tree differs from its parent's, so commits that only
keep a repository alive do not count. Tags are versions when they read like one; `model` and `api-v1` do not. Border:
stars and other counters are not content and not read. GitHub REST API 2022-11-28.
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
from vocab.readers.releases import CONTENT_RULE, Commit, content_commit, order_of, say_versions, version_of
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "github"

_MAX = 1_000


def read(document: Document, context: EntryContext) -> Reading:
    """Reads an answer of the API."""
    notes = Notes(READER, document, context)
    try:
        answer = json.loads(document.body)
    except (ValueError, RecursionError):
        notes.tell(
            "document-not-text",
            f"the answer for {document.path} is no JSON",
            found="something else",
            expected="an answer of GitHub's API",
        )
        return notes.reading(parsed=False)
    say, shape = _ANSWERS[document.path]
    if not isinstance(answer, shape):
        notes.tell(
            "document-not-text",
            f"the answer for {document.path} has another shape",
            found=type(answer).__name__,
            expected="an answer of GitHub's API",
        )
        return notes.reading(parsed=False)
    say(notes, answer)
    return notes.reading()


def _say_repository(notes: Notes, answer: dict[str, Any]) -> None:
    page = _text(answer, "html_url")
    if isinstance(answer.get("id"), int):
        notes.say("evidence.numeric_id", str(answer["id"]), url=page or None)
    key = repository_key(page) or repository_key(f"https://github.com/{_text(answer, 'full_name')}")
    if key:
        notes.say("evidence.repository", key, url=page or None)
        notes.say(
            "links",
            Link("source_code", clean_url(page) or f"https://{key}"),
            url=page or None,
            rule="the repository itself",
        )
    notes.say("summary", one_line(_text(answer, "description")), url=page or None)
    if homepage := clean_url(_text(answer, "homepage")):
        notes.say("links", Link("homepage", homepage), raw=answer.get("homepage"), url=page or None)
    for topic in _list(answer.get("topics"), str):
        values.say_keyword(notes, Node(topic.replace("-", " "), 0), rule="topic")
    licence = answer.get("license")
    spdx = _text(licence, "spdx_id") if isinstance(licence, dict) else ""
    if spdx and spdx != "NOASSERTION":
        notes.say("licence.declared", licence_value(spdx), raw=spdx, url=page or None, rule="told by the forge")
    notes.say(
        "dates.created", iso_date(_text(answer, "created_at")), url=page or None, rule="the repository's creation"
    )
    if answer.get("archived") is True:
        notes.tell("repository-archived", "the forge says that the repository is archived", found=page or None)
    if (
        answer.get("fork") is True
        and isinstance(parent := answer.get("parent"), dict)
        and (parent_page := clean_url(_text(parent, "html_url")))
    ):
        notes.say("relations", {"type": "derived_from", "target": parent_page}, url=page or None, rule="fork")


def _say_commits(notes: Notes, answer: list[Any]) -> None:
    rows = [each for each in _list(answer, dict) if _text(each, "sha")]
    for each in rows:
        notes.say("evidence.commits", _text(each, "sha"))
    newest = content_commit([
        Commit(
            _text(each, "sha"), _tree(each), tuple(_text(one, "sha") for one in _list(each.get("parents"), dict)),
            iso_date(_date(each.get("commit"))), _message(each.get("commit")),
        ) for each in rows
    ])
    if newest is not None:
        page = next(_text(each, "html_url") for each in rows if _text(each, "sha") == newest.sha)
        notes.say("dates.content", newest.date, url=page or None, rule=CONTENT_RULE)


def _tree(commit: dict[str, Any]) -> str | None:
    inner = commit.get("commit")
    tree = inner.get("tree") if isinstance(inner, dict) else None
    return _text(tree, "sha") or None if isinstance(tree, dict) else None


def _message(commit: object) -> str:
    return _text(commit, "message") if isinstance(commit, dict) else ""


def _date(commit: object) -> str:
    committer = commit.get("committer") if isinstance(commit, dict) else None
    return _text(committer, "date") if isinstance(committer, dict) else ""


def _say_tags(notes: Notes, answer: list[Any]) -> None:
    found: list[Version] = []
    for each in _list(answer, dict):
        name = _text(each, "name")
        version = version_of(name)
        if version is None:
            if name:
                notes.tell("tag-not-a-version", f"the tag `{name}` names no version", field="versions", found=name)
            continue
        commit = each.get("commit")
        found.append(
            Version(
                version,
                url=_page(notes, "tree", name),
                commit=_text(commit, "sha") or None if isinstance(commit, dict) else None,
            )
        )
    say_versions(notes, found, "tag")


def _say_releases(notes: Notes, answer: list[Any]) -> None:
    found: list[Version] = []
    for each in _list(answer, dict):
        name = _text(each, "tag_name")
        version = version_of(name)
        if each.get("draft") is True or not name:
            continue
        if version is None:
            continue  # told of its tag
        url = clean_url(_text(each, "html_url")) or _page(notes, "releases/tag", name)
        found.append(
            Version(version, iso_date(_text(each, "published_at")), url, release=each.get("prerelease") is not True)
        )
    say_versions(notes, found, "release")
    final = [each for each in found if each.release and each.date]
    if final:
        latest = max(final, key=lambda each: (each.date or "", order_of(each.name)))
        notes.say("dates.issued", latest.date, url=latest.url, rule="last release")


def _page(notes: Notes, kind: str, name: str) -> str | None:
    return clean_url(f"{notes.context.url.rstrip('/').removesuffix('.git')}/{kind}/{name}")


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(value: object, kind: type[Any]) -> list[Any]:
    return [each for each in value[:_MAX] if isinstance(each, kind)] if isinstance(value, list) else []


_ANSWERS: dict[str, tuple[Callable[[Notes, Any], None], type[Any]]] = {
    "api:repository": (_say_repository, dict),
    "api:commits": (_say_commits, list),
    "api:tags": (_say_tags, list),
    "api:releases": (_say_releases, list),
}
