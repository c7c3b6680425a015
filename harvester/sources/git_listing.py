"""What a `git` source lists: the rows of a catalogue on any forge, or repositories by their addresses.

A catalogue whose branch did not move costs one request: which file is its list, and what its commits say, is remembered
by the commit. Border: the file itself is read in `catalogue_files`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from harvester.errors import ListingUnusable, at
from harvester.events import Entry, Listed
from harvester.memory import Memory, Validator
from harvester.sources.catalogue_files import CATALOGUE_FILES
from harvester.sources.catalogue_listing import catalogue_file, listed_in, with_notes
from harvester.sources.git_forges import clone_address, repository_at, web_address
from harvester.sources.git_objects import change_of, history, rows_of
from harvester.sources.git_pack import GitObject
from harvester.sources.git_remote import GitRemote, NoRepository, NotSpoken
from harvester.sources.git_repository import Contents, contents_of
from harvester.sources.github_shapes import TreeRow
from harvester.sources.repository_files import MAX_FILE, FileStore
from vocab.record import Listing

# The list of a catalogue that is older than a thousand changes has its renames behind it.
_MOST_COMMITS = 1000


class _Remembered(BaseModel):
    """What a commit of a catalogue comes to: its list, and what the commits of that file say."""

    file: TreeRow
    told: list[tuple[str, str]]


def list_catalogue(
    remote: GitRemote, files: FileStore, memory: Memory, source: str, address: str, *, anew: bool = False
) -> Listed:
    """The entries of a catalogue's `MODULES.yml` or `.gitmodules`; `anew` whatever is remembered of it.

    Raises:
        ListingUnusable: there is no such repository, or its list is empty, cut off or an error page.
        HarvestError: it could not be had.
    """
    name = web_address(address)
    with at("listing"):
        try:
            refs = remote.refs()
        except NoRepository as trouble:
            seen = f"The catalogue {name} does not exist, or is not public ({trouble.status})."
            mend = "Check the address; a private one needs the credential of this source. Nothing was withdrawn."
            raise ListingUnusable(seen, mend=mend, url=trouble.url, status=trouble.status) from trouble
        except NotSpoken as trouble:
            raise NotSpoken(
                f"{name} is no git repository: {trouble.seen[:1].lower()}{trouble.seen[1:]}",
                mend="Write the address under which the repository is cloned.", url=trouble.url, status=trouble.status,
            ) from trouble
        if refs.head is None:
            raise ListingUnusable(f"The catalogue {name} is empty.")
        found = None if anew else _remembered(memory, address, refs.head)
        contents = None
        if found is None:
            contents = contents_of(remote, refs.head, _MOST_COMMITS)
            found = _looked_up(contents.objects, refs.head, name)
        supply = contents.files if contents is not None else Contents(remote, {}, partial=True).files
        body = files.body(found.file, supply)
        if len(body) > MAX_FILE:
            raise _too_large(found.file.path, len(body))
        listed = listed_in(body, file=found.file.path, web=web_address(refs.moved_to or address), source=source)
        _remember(memory, address, refs.head, found)
    return with_notes(replace(listed, entries=tuple(_with_pages(listed.entries))), found.told)


def list_named(addresses: Sequence[str]) -> Listed:
    """Repositories by their addresses, each once."""
    entries: dict[str, Entry] = {}
    for address in addresses:
        found, clone = repository_at(address), clone_address(address)
        if found is not None and clone is not None:
            entries.setdefault(found.key, Entry(found.key, web_address(clone), Listing(address)))
    return Listed(tuple(entries.values()))


def _with_pages(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Entries with the pages of their repositories, also of those that are not encrypted."""
    for each in entries:
        clone = clone_address(each.listing.url)
        yield replace(each, url=web_address(clone)) if clone else each


def _looked_up(objects: Mapping[str, GitObject], head: str, name: str) -> _Remembered:
    newest = history(head, objects, 1)[0]
    row = catalogue_file(rows_of(newest.tree, objects))
    if row is None:
        raise ListingUnusable(f"The catalogue {name} has neither {' nor '.join(CATALOGUE_FILES)}.")
    if (row.size or 0) > MAX_FILE:
        raise _too_large(row.path, row.size or 0)
    return _Remembered(file=row, told=list(_told(objects, head, row.path)))


def _too_large(path: str, size: int) -> ListingUnusable:
    return ListingUnusable(f"{path} has {size} bytes, which is too large for a listing.")


def _told(objects: Mapping[str, GitObject], head: str, path: str) -> Iterator[tuple[str, str]]:
    """Id and message of the commits that changed a file, the newest first; a merge that only took it over is none."""
    for change in history(head, objects, _MOST_COMMITS):
        now = _id_at(objects, change.tree, path)
        olders = [change_of(parent, objects) for parent in change.parents]
        before = [_id_at(objects, older.tree, path) for older in olders if older is not None]
        if now not in before and (before or now is not None):
            yield change.sha, change.message


def _id_at(objects: Mapping[str, GitObject], tree: str, path: str) -> str | None:
    if tree not in objects:
        return None
    return next((row.sha for row in rows_of(tree, objects) if row.path == path), None)


def _remembered(memory: Memory, address: str, head: str) -> _Remembered | None:
    known = memory.validator(f"{address}#listing", "")
    body = memory.payload(known.sha256) if known is not None and known.etag == head else None
    try:
        return _Remembered.model_validate_json(body) if body is not None else None
    except ValidationError:
        return None


def _remember(memory: Memory, address: str, head: str, found: _Remembered) -> None:
    sha256 = memory.keep_payload(found.model_dump_json().encode())
    memory.keep_validator(Validator(f"{address}#listing", "", head, None, sha256))
