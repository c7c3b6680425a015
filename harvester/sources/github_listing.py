"""What a `github` source lists: the rows of a catalogue, the repositories of an organisation, or named ones.

A catalogue is read at its default branch, and only if its bytes are those that the repository's tree names. What the
commits of that file say goes with the entries; without them the listing is as good.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from harvester.errors import ListingUnusable, at
from harvester.events import Entry, Listed
from harvester.sources.catalogue_commits import notes_of
from harvester.sources.catalogue_files import CATALOGUE_FILES, Row
from harvester.sources.github_api import GithubApi, RepositoryFacts
from harvester.sources.github_shapes import TreeRow
from harvester.sources.repository_files import MAX_FILE, FileStore, git_blob_id
from vocab.findings import finding
from vocab.identifiers import repository_address, repository_key
from vocab.record import Finding, Listing

# What an address may have that git takes, but that makes two spellings of one repository.
_UNTIDY = ("blanks", "scheme", "trailing slash", "double slash", "below", "query", "host", ".git")


def list_catalogue(api: GithubApi, files: FileStore, source: str, host: str, catalogue: str) -> Listed:
    """The entries of a catalogue's `MODULES.yml` or `.gitmodules`.

    Raises:
        ListingUnusable: it is empty, cut off, an error page, or not what the repository's tree names.
        HarvestError: it could not be had.
    """
    with at("listing"):
        facts = api.repository(catalogue).value
        if facts is None:
            raise ListingUnusable(f"The catalogue {catalogue} does not exist, or is not public.")
        repository = facts.repository
        tree = api.tree(repository.full_name, repository.default_branch, recursive=False).value
        row = _catalogue_file(tree.tree if tree is not None else [])
        if row is None:
            names = " nor ".join(CATALOGUE_FILES)
            raise ListingUnusable(f"The catalogue {repository.full_name} has neither {names}.")
        if (row.size or 0) > MAX_FILE:
            raise ListingUnusable(f"{row.path} has {row.size} bytes, which is too large for a listing.")
        body = files.body(row, partial(api.files, repository.full_name))
        if git_blob_id(body) != row.sha:
            raise ListingUnusable(f"{row.path} came damaged: its bytes are not those that the repository names.")
        web = f"https://{host}/{repository.full_name}"
        read = CATALOGUE_FILES[row.path](body, web)
        listed = entries_of(read.rows, source=source, file=row.path)
        commits = api.told(repository.full_name, repository.default_branch, row.path) if listed.entries else []
    findings = [
        finding("listing-defect", each.message, source=source, entry=repository_key(web), file=row.path,
                line=each.line, found=each.found, expected=each.expected)
        for each in read.defects
    ]
    if not listed.entries:
        raise ListingUnusable(f"{row.path} of {repository.full_name} names no repository.")
    notes = notes_of(commits, listed.entries)
    entries = (
        replace(each, listing=replace(each.listing, notes=notes.get(each.key, ()))) for each in listed.entries
    )
    return Listed(tuple(entries), (*findings, *listed.findings))


def list_organisation(shown: Sequence[RepositoryFacts], host: str, organisation: str) -> Listed:
    """The public repositories of an organisation. Raises `ListingUnusable` when there are none."""
    names = [facts.repository.full_name for facts in shown if not facts.repository.private]
    if not names:
        raise ListingUnusable(f"The organisation {organisation} shows no repositories, or does not exist.")
    return list_named(names, host)


def list_named(full_names: Sequence[str], host: str) -> Listed:
    """Repositories by their names, each once."""
    entries: dict[str, Entry] = {}
    for name in full_names:
        url = f"https://{host}/{name}"
        entries.setdefault(name.lower(), Entry(f"{host}/{name.lower()}", url, Listing(url)))
    return Listed(tuple(entries.values()))


def entries_of(rows: Sequence[Row], *, source: str, file: str | None) -> Listed:
    """Entries with canonical keys, each once; rows that are no address, written untidily or double are findings."""
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for row in rows:
        line = row.line or None
        address = repository_address(row.url)
        if address is None:
            message = "This is not the address of a repository."
            findings.append(finding("listing-defect", message, source=source, file=file, line=line,
                                    found=row.url[:500], expected="`https://HOST/OWNER/NAME`"))
            continue
        faults = [fault for fault in _UNTIDY if fault in address.faults]
        if file == ".gitmodules" and faults == [".git"]:
            faults = []  # git's own way to write it
        if faults:
            message = f"The address is written untidily ({', '.join(faults)})."
            findings.append(finding("listing-defect", message, source=source, entry=address.key, file=file, line=line,
                                    found=row.url[:500], expected=f"`{_tidy(row.url, address.key)}`"))
        if address.key in entries:
            first = entries[address.key].listing.line
            message = f"The repository is listed twice, first at line {first}." if first else "It is listed twice."
            findings.append(finding("listing-defect", message, source=source, entry=address.key, file=file, line=line,
                                    found=row.url[:500], expected="each repository once"))
            continue
        listing = Listing(row.url, file, line, row.branch, row.name)
        entries[address.key] = Entry(address.key, _tidy(row.url, address.key), listing)
    return Listed(tuple(entries.values()), tuple(findings))


def _tidy(url: str, key: str) -> str:
    """The plain address in the letters that were written."""
    match = re.search(re.escape(key), url, re.IGNORECASE)
    return f"https://{match.group(0) if match else key}"


def _catalogue_file(rows: Sequence[TreeRow]) -> TreeRow | None:
    files = {row.path: row for row in rows if row.type == "blob"}
    return next((files[name] for name in CATALOGUE_FILES if name in files), None)
