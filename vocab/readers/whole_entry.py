"""What only all documents of an entry together can tell.

A citation file that came from the project this was forked from is put aside, and its tags with it; a date of change
that is older than the last change is told; what was derived for want of anything better is dropped when there is
something better. Border: one entry; several entries of one module are the business of `vocab.merge`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from vocab.evidence_names import distinctive, name_signature, names_equal
from vocab.findings import finding
from vocab.identifiers import repository_key
from vocab.readers.releases import order_of
from vocab.record import EntryContext, Finding, Reading, Statement

_Order: TypeAlias = tuple[tuple[int, ...], bool]

# Readers of files that travel along when a project is forked.
_TRAVELLING = frozenset({"citation_cff", "codemeta", "zenodo_json"})
_METADATA = frozenset({"ai4_v2", "deep_v1"})
_FORGES = frozenset({"github", "gitlab"})
_RELEASES = frozenset({"api:releases", "api:gitlab-releases"})
# What forges and git itself say of the tags, which travel as well.
_TAGS = frozenset({"api:tags", "api:git-refs"})
_OF_TAGS = frozenset({"versions", "version", "dates.issued"})


@dataclass(frozen=True, slots=True)
class Told:
    """One reading with the reader and the file it is of."""

    reader: str
    path: str
    reading: Reading


def settled(context: EntryContext, told: Sequence[Told]) -> list[Told]:
    """The readings of an entry after they were looked at together."""
    strangers = [each for each in told if each.reader in _TRAVELLING and is_inherited(context, each, told)]
    found = [_emptied(context, each) if each in strangers else each for each in told]
    if strangers or _forked(found):
        found = [_without_tags(context, each, found) for each in found]
    found = [_without_makeshift(each, found) for each in found]
    found = [_with_licence_file(each, found) for each in found]
    return [_with_stale_date(context, each, found) for each in found]


def is_inherited(context: EntryContext, told: Told, all_told: Sequence[Told]) -> bool:
    """Whether a travelling file speaks of another project.

    Its repository decides: it is ours when the entry is known by it, when our metadata names it, or when it has the
    owner of one of these. The repository of another owner may be where the module was before: then the file bears the
    module's title, and the entry is no fork, which keeps the file of the project it comes from. A file that names no
    repository is a stranger's when its title shares no word of its own with our name and titles.
    """
    ours = _own_keys(context, all_told)
    titles = [name_signature(str(each.value)) for each in _of(told.reading, "title")]
    stated = [
        name_signature(str(each.value))
        for other in all_told if other.reader in _METADATA for each in _of(other.reading, "title")
    ]
    names = [name_signature(key.rsplit("/", 1)[-1]) for key in ours]
    named = {key for each in _of(told.reading, "links") if (key := _source_key(each))}
    if named:
        owners = {key.rsplit("/", 1)[0] for key in ours}
        if any(key in ours or key.rsplit("/", 1)[0] in owners for key in named):
            return False
        same_title = any(names_equal(title, own) for title in titles for own in stated or names)
        return bool(_forked(all_told)) or not same_title
    words = {word for title in titles for word in distinctive(title)}
    return bool(words) and not words & {word for own in (*names, *stated) for word in own}


def _forked(told: Sequence[Told]) -> set[str]:
    """The repository that this one was forked from, or nothing."""
    return {
        repository_key(_part(one, "target")) or "" for each in told if each.reader in _FORGES
        for one in _of(each.reading, "relations") if _part(one, "type") == "derived_from"
    }


def _own_keys(context: EntryContext, told: Sequence[Told]) -> set[str]:
    keys = {context.entry, repository_key(context.url) or context.entry}
    for each in told:
        if each.reader in _METADATA or each.reader in {*_FORGES, "listing"}:
            for field in ("evidence.repository", "evidence.names_repository", "evidence.code"):
                keys |= {str(one.value) for one in _of(each.reading, field)}
    return keys


def _source_key(statement: Statement) -> str | None:
    value = statement.value
    return repository_key(value.get("url")) if isinstance(value, dict) and value.get("rel") == "source_code" else None


def _emptied(context: EntryContext, told: Told) -> Told:
    title = next((str(each.value) for each in _of(told.reading, "title")), "another project")
    made = finding(
        "citation-inherited", f"{told.path} speaks of `{title}`, not of this module; nothing is taken from it",
        source=context.source, entry=context.entry, file=told.path, line=1, found=title, expected="this module",
    )
    return replace(told, reading=Reading((), (made,), told.reading.parsed))


def _without_tags(context: EntryContext, told: Told, all_told: Sequence[Told]) -> Told:
    """The forge's versions without those of the project that was forked.

    Tags travel with a fork, releases do not. A tag is ours when we released it; else when we saw its commit and it does
    not count on in the row of the tags whose commits we did not see, as the last tags before a fork do.
    """
    versions = _of(told.reading, "versions")
    if not versions or told.path not in _TAGS:
        return told
    commits = {str(one.value) for each in all_told for one in _of(each.reading, "evidence.commits")}
    releases = {_part(each, "name") for one in all_told if one.path in _RELEASES
                for each in _of(one.reading, "versions")}
    unseen = [order_of(_part(each, "name")) for each in versions if _part(each, "commit") not in commits]
    ours = [
        each for each in versions
        if _part(each, "name") in releases
        or (_part(each, "commit") in commits and not _is_in_row(order_of(_part(each, "name")), unseen))
    ]
    if len(ours) == len(versions):
        return told
    kept = tuple(each for each in told.reading.statements if each.field not in _OF_TAGS or each in ours)
    made = finding(
        "tags-inherited",
        f"{len(versions) - len(ours)} of {len(versions)} tags belong to the project this is a fork of",
        source=context.source,
        entry=context.entry,
        field="versions",
        found=str(len(versions) - len(ours)),
    )
    return replace(told, reading=Reading(kept, (*told.reading.findings, made), told.reading.parsed))


def _is_in_row(order: _Order, row: Sequence[_Order]) -> bool:
    """Whether a version lies among those of a row, or goes on from its highest one in the same major version."""
    return bool(row) and order >= min(row) and (order <= max(row) or order[0][:1] == max(row)[0][:1])


def _part(statement: Statement, name: str) -> str:
    return str(statement.value.get(name) or "") if isinstance(statement.value, dict) else ""


def _without_makeshift(told: Told, all_told: Sequence[Told]) -> Told:
    """The reading without what stands in only for something better."""
    dropped = [each for each in told.reading.statements if _is_makeshift(told, each, all_told)]
    if not dropped:
        return told
    kept = tuple(each for each in told.reading.statements if each not in dropped)
    return replace(told, reading=replace(told.reading, statements=kept))


def _is_makeshift(told: Told, statement: Statement, all_told: Sequence[Told]) -> bool:
    others = [each for each in all_told if each is not told and each.reader != told.reader]
    if told.reader == "readme" and statement.field in {"title", "description"}:
        return any(_of(each.reading, statement.field) for each in others)
    if told.reader in _FORGES and _source_key(statement) is not None:
        return any(_source_key(one) for each in others for one in _of(each.reading, "links"))
    return False


def _with_licence_file(told: Told, all_told: Sequence[Told]) -> Told:
    """Metadata that says there is no licence contradicts a licence file that stands beside it."""
    detected = next(
        (str(one.value.get("spdx") or one.value.get("raw")) for each in all_told
         for one in _of(each.reading, "licence.detected") if isinstance(one.value, dict)), None,
    )
    if detected is None or not any(each.code == "licence-missing" for each in told.reading.findings):
        return told
    findings = tuple(
        finding(
            "conflict-licence", f"The metadata says `{each.found}`, the licence file is {detected}.",
            source=each.source, entry=each.entry, file=each.file, line=each.line, field=each.field, found=each.found,
            expected=detected,
        ) if each.code == "licence-missing" else each
        for each in told.reading.findings
    )
    return replace(told, reading=replace(told.reading, findings=findings))


def _with_stale_date(context: EntryContext, told: Told, all_told: Sequence[Told]) -> Told:
    """Tells that the metadata's date of change is older than the last commit with content."""
    content = max((str(one.value) for each in all_told for one in _of(each.reading, "dates.content")), default=None)
    stale: list[Finding] = [
        finding(
            "date-stale",
            f"updated {one.value}, but the content last changed {content[:10]}",
            source=context.source,
            entry=context.entry,
            file=one.origin.file,
            line=one.origin.line,
            field="dates.updated",
            found=str(one.value),
            expected=content[:10],
        )
        for one in (_of(told.reading, "dates.updated") if content and told.reader in _METADATA else [])
        if content and str(one.value)[:10] < content[:10]
    ]
    return replace(told, reading=replace(told.reading, findings=(*told.reading.findings, *stale))) if stale else told


def _of(reading: Reading, field: str) -> list[Statement]:
    return [each for each in reading.statements if each.field == field]
