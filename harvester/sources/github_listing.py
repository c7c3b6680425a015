"""What a `github` source lists: the rows of a catalogue, the repositories of an organisation, or named ones.

A catalogue is read at its default branch, and only if its bytes are those that the repository's tree names. What the
commits of that file say goes with the entries; without them the listing is as good.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from harvester.errors import ListingUnusable, at
from harvester.events import Entry, Listed
from harvester.sources.catalogue_files import CATALOGUE_FILES
from harvester.sources.catalogue_listing import catalogue_file, listed_in, with_notes
from harvester.sources.github_api import GithubApi, RepositoryFacts, files_of
from harvester.sources.repository_files import MAX_FILE, FileStore, git_blob_id
from vocab.record import Listing


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
        row = catalogue_file(tree.tree if tree is not None else [])
        if row is None:
            names = " nor ".join(CATALOGUE_FILES)
            raise ListingUnusable(f"The catalogue {repository.full_name} has neither {names}.")
        if (row.size or 0) > MAX_FILE:
            raise ListingUnusable(f"{row.path} has {row.size} bytes, which is too large for a listing.")
        body = files.body(row, partial(files_of, api, repository.full_name))
        if git_blob_id(body) != row.sha:
            raise ListingUnusable(f"{row.path} came damaged: its bytes are not those that the repository names.")
        web = f"https://{host}/{repository.full_name}"
        listed = listed_in(body, file=row.path, web=web, source=source)
        return with_notes(listed, api.told(repository.full_name, repository.default_branch, row.path))


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
