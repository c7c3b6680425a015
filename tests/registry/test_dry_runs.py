"""Dry runs: every value that would move is told, and nothing of it stays; over both databases."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import pytest

from harvester.events import Event, Failed, Fetched, Finished, Gone, Requests, Unchanged
from registry.dry_runs import DryRun, apply_dry
from registry.harvesting import harvest_source, rules_of
from registry.runs import RunStatus
from registry.services import Services
from registry.shelf import Shelf
from registry.source_rows import require_source
from tests.support.small_catalogue import METADATA, VICTIM, files_of, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import dump, failed, fetched, harvested, listed, unchanged


def dry(services: Services, *events: Fetched | Unchanged | Gone | Failed) -> DryRun:
    """What a run that meets these entries would do."""
    stream: list[Event] = [listed(*events), *events, Finished(Requests())]
    return apply_dry(services, "hub", stream, rules_of(services, require_source(services.database, "hub")))


def test_dry_run_when_modules_would_change_then_every_value_of_each(services: Services) -> None:
    harvested(services, "hub", *(fetched(f"a/{name}", name.title()) for name in ("one", "two", "three")))
    harvested(services, "hub", unchanged("a/one"), unchanged("a/two"))
    before = dump(services)

    run = dry(
        services, fetched("a/one", "One and more", revision="c2"), fetched("a/three", "Three"),
        fetched("a/four", "Four"),
    )

    assert dump(services) == before
    told = {each.module: each for each in run.moved}
    assert {name: each.kind for name, each in told.items()} == {
        "one": "updated", "two": "withdrawn", "three": "restored", "four": "created",
    }
    assert [each.line() for each in told["one"].differences] == [
        "title: One -> One and more",
        "description: About One. -> About One and more.",
        "sources[github.com/a/one].revision: c1 -> c2",
        "findings.warning: 4 -> 3",
    ]
    assert tuple(
        each.line() for each in told["two"].differences if each.field in ("status", "withdrawn_reason")
    ) == ("status: published -> withdrawn", "withdrawn_reason: + no longer listed by hub since 2026-01-02")
    assert "title: + Four" in [each.line() for each in told["four"].differences]


def test_dry_run_when_told_to_programs_then_each_difference_with_both_sides(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))

    form = dry(services, fetched("a/one", "One", summary="Other words", revision="c2"), failed("a/two")).as_json()

    (told,) = form["changes"]
    assert (told["module"], told["kind"]) == ("one", "updated")
    assert told["differences"][0] == {
        "field": "summary", "before": "Tells one thing from another", "after": "Other words",
    }
    assert (form["id"], form["failures"][0]["entry"]) == (0, "github.com/a/two")


def test_dry_run_when_nothing_would_change_then_nothing_is_told(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))

    run = dry(services, unchanged("a/one"))

    assert (run.changes, run.as_json()["changes"]) == ((), [])


def test_dry_run_when_a_module_moves_there_and_back_then_it_would_not_change(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    events: list[Event] = [
        listed(fetched("a/one"), fetched("a/two")), fetched("a/one", "Else"), fetched("a/one", "One"),
        unchanged("a/two"), Finished(Requests()),
    ]

    run = apply_dry(services, "hub", events, rules_of(services, require_source(services.database, "hub")))

    assert [one for each in run.moved for one in each.differences] == []


def test_dry_run_when_so_much_would_go_then_held_as_the_run_would_be(services: Services) -> None:
    names = [f"a/m{number}" for number in range(6)]
    harvested(services, "hub", *(fetched(name) for name in names))

    run = dry(services, unchanged(names[0]))

    assert run.status is RunStatus.HELD
    assert run.changes == ()


@pytest.mark.parametrize("full", [False, True])
def test_harvest_when_dry_then_the_database_is_the_same_file(tmp_path: Path, full: bool) -> None:
    database = tmp_path / "r.sqlite3"
    home = tmp_path / "home"
    with small_catalogue() as standin, small_registry(standin, home, f"sqlite:///{database}") as registry:
        registry.harvest()
        standin.change(VICTIM, METADATA, files_of("New words")[METADATA])
        before = dump(registry.services)
        state = hashlib.sha256(database.read_bytes()).hexdigest()

        run = harvest_source(registry.services, "hub", full=full, dry_run=True)

        assert isinstance(run, DryRun)
        assert run.changes == (("updated", "victim"),)
        assert dump(registry.services) == before
        assert hashlib.sha256(database.read_bytes()).hexdigest() == state


def test_shelf_when_events_lie_on_it_then_they_come_back_whole_and_hold_no_bytes() -> None:
    shelf = Shelf()
    event = fetched("a/one", "One")

    light = shelf.lighten(event)

    assert isinstance(light, Fetched)
    assert {each.body for each in light.documents} == {b""}
    assert shelf.whole(light) == event
    assert shelf.whole(shelf.lighten(listed(event))) == listed(event)


def test_shelf_when_very_full_then_in_a_file_and_each_is_found() -> None:
    shelf = Shelf()
    bodies = [orjson.dumps(number) * 100_000 for number in range(100)]
    names = [shelf.put(each) for each in (*bodies, bodies[0])]

    assert [shelf.get(name) for name in names] == [*bodies, bodies[0]]
    assert shelf.get("0" * 64) is None
