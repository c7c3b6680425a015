"""The real catalogues beside the checkout as source records: files and facts of each repository, read by the readers.

A short cut past the harvester, for tests of identity and merging: what the forge's API would answer is made from the
corpus's facts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vocab.readers import read_entry
from vocab.record import Document, EntryContext, Listing, SourceRecord

COMMITS_ON_A_PAGE = 100


def index(shared: Path) -> list[dict[str, Any]]:
    """The corpus's table of repositories."""
    found: list[dict[str, Any]] = json.loads((shared / "corpus" / "index.json").read_bytes())
    return found


def listed_records(shared: Path) -> list[SourceRecord]:
    """One record for each listing whose repository is in the corpus."""
    return [
        record_of(shared, each["repo"], listing["catalogue"], listing)
        for each in index(shared) for listing in each["catalogues"]
    ]


def record_of(shared: Path, repository: str, source: str, listing: dict[str, Any] | None = None) -> SourceRecord:
    """The record of one repository as `source` lists it; without `listing` nobody wrote it into a list."""
    folder = shared / "corpus" / "github" / repository
    facts = json.loads((folder / "repo.json").read_bytes())
    url = f"https://github.com/{repository}"
    found = Listing(listing["listed_as"], "list", 1, listing["branch"], listing["path"]) if listing else None
    context = EntryContext(source, f"github.com/{repository.lower()}", url, facts["head_sha"], found)
    return read_entry(context, list(_documents(folder, repository, facts)))


def _documents(folder: Path, repository: str, facts: dict[str, Any]) -> Iterator[Document]:
    for file in sorted((folder / "files").iterdir()):
        if file.is_file():
            yield _document(file.name, file.read_bytes(), facts["head_sha"])
    dockerfile = json.loads((folder / "derived.json").read_bytes()).get("Dockerfile")
    if dockerfile:
        yield _document("Dockerfile", _recipe(dockerfile).encode(), facts["head_sha"])
    answers = {
        "repository": {
            "id": int(hashlib.sha256(repository.lower().encode()).hexdigest()[:7], 16), "full_name": repository,
            "html_url": f"https://github.com/{repository}", "created_at": facts["first_commit_date"],
        },
        "commits": _commits(folder),
        "tags": [{"name": each["name"], "commit": {"sha": each["sha"]}} for each in facts["tags"]],
    }
    for name, answer in answers.items():
        yield _document(f"api:{name}", json.dumps(answer).encode(), None)


def _document(path: str, body: bytes, commit: str | None) -> Document:
    return Document(path, body, hashlib.sha256(body).hexdigest(), commit=commit)


def _recipe(facts: dict[str, Any]) -> str:
    lines = [f'ARG {name}="{value}"' for name, value in facts["args"].items()]
    lines += [f"FROM {each}" for each in facts["from"]]
    lines += [f"LABEL {name}={json.dumps(value, ensure_ascii=False)}" for name, value in facts["labels"].items()]
    return "\n".join(lines)


def _commits(folder: Path) -> list[dict[str, Any]]:
    with (folder / "commits.jsonl").open() as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(COMMITS_ON_A_PAGE), strict=False)]
    return [
        {"sha": each["sha"], "commit": {
            "committer": {"date": each["date"]}, "message": "keep alive" if each.get("keepalive") else "change",
        }}
        for each in rows
    ]
