"""What a catalogue's file and commits come to: entries with canonical keys, each once, and what is wrong with the rows.

Border: the bytes of the file are read in `catalogue_files`, the words of the commits in `catalogue_commits`; from where
both are had is the business of each forge's rooms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from harvester.errors import ListingUnusable
from harvester.events import Entry, Listed
from harvester.sources.catalogue_commits import notes_of
from harvester.sources.catalogue_files import CATALOGUE_FILES, Row
from harvester.sources.github_shapes import TreeRow
from vocab.findings import finding
from vocab.identifiers import repository_address, repository_key
from vocab.record import Finding, Listing

# What an address may have that git takes, but that makes two spellings of one repository.
_UNTIDY = ("blanks", "scheme", "trailing slash", "double slash", "below", "query", "host", ".git")


def catalogue_file(rows: Sequence[TreeRow]) -> TreeRow | None:
    """The file in which a catalogue lists its modules."""
    files = {row.path: row for row in rows if row.type == "blob"}
    return next((files[name] for name in CATALOGUE_FILES if name in files), None)


def listed_in(body: bytes, *, file: str, web: str, source: str) -> Listed:
    """The entries of a catalogue's file.

    Args:
        body: of the file.
        file: its name, one of `CATALOGUE_FILES`.
        web: the address of the catalogue's repository.
        source: whose listing it is.

    Raises:
        ListingUnusable: it is empty, cut off or an error page.
    """
    read = CATALOGUE_FILES[file](body, web)
    listed = entries_of(read.rows, source=source, file=file)
    if not listed.entries:
        raise ListingUnusable(f"{file} of {web.split('/', 3)[-1]} names no repository.")
    findings = [
        finding("listing-defect", each.message, source=source, entry=repository_key(web), file=file,
                line=each.line, found=each.found, expected=each.expected)
        for each in read.defects
    ]
    return Listed(listed.entries, (*findings, *listed.findings))


def with_notes(listed: Listed, commits: Iterable[tuple[str, str]]) -> Listed:
    """The listing with what the commits of its file (id and message, the newest first) say of the entries."""
    notes = notes_of(commits, listed.entries)
    entries = (
        replace(each, listing=replace(each.listing, notes=notes.get(each.key, ()))) for each in listed.entries
    )
    return replace(listed, entries=tuple(entries))


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
