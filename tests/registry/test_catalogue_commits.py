"""What commits of a catalogue say reaches modules, over both databases, and goes when it is not said any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from harvester.events import Fetched, Unchanged
from registry.modules import module_by_slug, slug_of_alias
from registry.rebuilding import rebuild
from registry.records import listing_form, listing_of
from registry.services import Services
from tests.support.store import changes, dump, fetched, harvested, statuses, unchanged
from vocab.record import CatalogueNote, Listing, NoteKind

E = TypeVar("E", Fetched, Unchanged)
PUP = "github.com/attic/pup"


def _noted(event: E, kind: NoteKind, key: str = PUP) -> E:
    """The same, and a commit of its catalogue speaks of it."""
    note = CatalogueNote(kind, key, "c0ffee")
    return replace(event, entry=replace(event.entry, listing=replace(event.entry.listing, notes=(note,))))


def _relations(services: Services, slug: str) -> list[tuple[str, str]]:
    stored = module_by_slug(services.database, slug)
    assert stored is not None
    return [(each.type, each.target) for each in stored.module.relations]


def _two(services: Services) -> None:
    harvested(services, "hub", fetched("hub/seal", "Seals of the coast", number=2))
    harvested(services, "old", fetched("attic/pup", "What the young ones do", number=1))
    assert statuses(services) == {"seal": "published", "pup": "published"}


def test_listing_with_a_note_when_kept_then_the_same_again() -> None:
    listing = Listing("https://github.com/hub/seal", ".gitmodules", 3, notes=(CatalogueNote("renamed", PUP, "c1"),))
    assert listing_of(listing_form(listing)) == listing
    assert listing_form(listing_of(listing_form(Listing("u")))) == {"url": "u"}


def test_unchanged_entry_when_a_commit_says_renamed_then_one_module_and_a_rebuild_says_so_too(
    services: Services,
) -> None:
    _two(services)

    harvested(services, "hub", _noted(unchanged("hub/seal"), "renamed"))

    assert statuses(services) == {"seal": "published", "pup": "withdrawn"}
    assert slug_of_alias(services.database, PUP) == "seal"
    before, told = dump(services), changes(services)
    assert rebuild(services, "modules").changes == ()
    assert dump(services) == before
    harvested(services, "hub", _noted(unchanged("hub/seal"), "renamed"))
    assert changes(services) == told

    harvested(services, "hub", unchanged("hub/seal"))

    assert statuses(services) == {"seal": "published", "pup": "published"}
    assert slug_of_alias(services.database, PUP) == "pup"


def test_unchanged_entry_when_a_commit_says_replaces_then_two_modules_that_lead_to_each_other(
    services: Services,
) -> None:
    _two(services)

    harvested(services, "hub", _noted(unchanged("hub/seal"), "replaces"))

    assert statuses(services) == {"seal": "published", "pup": "published"}
    assert _relations(services, "pup") == [("successor", "seal")]
    assert _relations(services, "seal") == [("predecessor", "pup")]
    before = dump(services)
    assert rebuild(services, "modules").changes == ()
    assert dump(services) == before


def test_former_name_when_no_source_lists_it_then_an_alias_of_the_module(services: Services) -> None:
    harvested(services, "hub", _noted(fetched("hub/seal", "Seals"), "renamed", "github.com/hub/calf"))

    assert slug_of_alias(services.database, "github.com/hub/calf") == "seal"
    assert slug_of_alias(services.database, "calf") == "seal"


def test_former_name_when_the_catalogue_lists_it_too_then_it_leads_to_its_own_module(services: Services) -> None:
    seal = _noted(fetched("hub/seal", "Seals of the coast"), "renamed")
    harvested(services, "hub", seal, fetched("attic/pup", "What the young ones do", line=2))

    assert statuses(services) == {"seal": "published", "pup": "published"}
    assert slug_of_alias(services.database, PUP) == "pup"
