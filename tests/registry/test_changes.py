"""Every entry of the change log tells which run made it and which fields moved; over both databases."""

from __future__ import annotations

from registry.changes import list_changes, newest_changes
from registry.curation import curate
from registry.services import Services
from tests.support.store import fetched, harvested, unchanged


def test_change_when_fields_moved_then_it_names_them_with_run_and_source(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "hub", fetched("a/one", "One", summary="Other words", tags=["sea"], revision="c2"))
    harvested(services, "hub", fetched("a/one", "One", summary="Other words", tags=["sea"]), fetched("a/two", "Two"))

    told = [(each.kind, each.slug, each.run, each.source) for each in list_changes(services.database)]
    assert told == [
        ("created", "one", 1, "hub"), ("created", "two", 1, "hub"), ("updated", "one", 2, "hub"),
        ("withdrawn", "two", 2, "hub"), ("restored", "two", 3, "hub"),
    ]
    created, _, updated, withdrawn, restored = (each.fields for each in list_changes(services.database))
    assert (created, updated) == (None, ("summary", "keywords"))
    assert {"status", "withdrawn_reason", "summary"} <= set(withdrawn or ())
    assert {"status", "withdrawn_reason", "summary"} <= set(restored or ())


def test_change_when_a_curator_made_it_then_no_run_but_the_field(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    curate(services, "one", "title", "The first")

    newest, _ = newest_changes(services.database, "one", 5)

    assert newest.as_json() == {
        "sequence": 2, "slug": "one", "kind": "updated", "datestamp": "2026-01-02T03:04:05Z", "fields": ["title"],
    }


def test_changes_of_a_module_when_many_then_the_newest_first(services: Services) -> None:
    for number in range(5):
        harvested(services, "hub", fetched("a/one", f"One {number}", revision=f"c{number}"))
    harvested(services, "hub", unchanged("a/one"))

    assert [each.sequence for each in newest_changes(services.database, "one", 3)] == [5, 4, 3]
    assert newest_changes(services.database, "nothing", 3) == []
