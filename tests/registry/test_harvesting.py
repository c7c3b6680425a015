"""Runs: honest statuses, held removals, dry runs, leases, and a kill in the middle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from harvester.events import Finished, Listed, Requests
from registry import leases
from registry.dry_runs import apply_dry
from registry.errors import BusyError, LeaseLostError, RunError, SourceError
from registry.exporting import export
from registry.findings import list_findings
from registry.harvesting import apply_run, harvest_source, mark_interrupted, rules_of, sources_to_harvest
from registry.holding import approve, discard
from registry.rebuilding import rebuild
from registry.runs import RunStatus, count_runs, list_runs, run_by_id
from registry.services import Services
from registry.source_rows import require_source
from registry.sources import disable
from registry.tables import lease
from tests.support.killed_harvest import ENTRIES, harvest_world
from tests.support.store import (
    a_registry,
    changes,
    dump,
    failed,
    fetched,
    gone,
    harvested,
    listed,
    statuses,
    unchanged,
)

NAMES = [f"a/m{number}" for number in range(10)]
TITLES = {
    "coral-counter": "Coral counter", "bird-song": "Bird song", "leaf-galls": "Leaf galls", "sea-ice": "Sea ice",
}


def _ten(services: Services) -> None:
    harvested(services, "hub", *(fetched(name, f"Module {name}") for name in NAMES))


def test_run_when_all_is_well_then_ok_or_with_findings(services: Services) -> None:
    run = harvested(services, "hub", fetched("a/one", "One"))

    assert run.status is RunStatus.FINDINGS
    assert run.findings == len(list_findings(services.database, source="hub"))
    form = run.as_json()
    assert form["requests"] == {
        "sent": 0, "not_modified": 0, "avoided": 0, "bytes": 0, "waited_s": 0.0, "retries": 0, "quota_used": 0,
        "by_status": {},
    }
    assert (form["listed"], form["created"], form["withdrawn"]) == (1, 1, 0)


def test_run_when_it_stopped_early_then_partial(services: Services) -> None:
    run = harvested(services, "hub", fetched("a/one", "One"), complete=False)

    assert run.status is RunStatus.PARTIAL


def test_removal_when_large_then_held_and_nothing_withdrawn(services: Services) -> None:
    _ten(services)

    run = harvested(services, "hub", *(unchanged(name) for name in NAMES[:6]))

    assert run.status is RunStatus.HELD
    assert run.held == {
        "keys": [f"github.com/{name}" for name in NAMES[6:]],
        "known": 10,
        "removals": [
            {"key": f"github.com/{name}", "module": name[2:], "title": f"Module {name}",
             "reason": "no longer listed by hub since 2026-01-02"}
            for name in NAMES[6:]
        ],
    }
    assert set(statuses(services).values()) == {"published"}


@pytest.mark.parametrize("left", [7, 8])
def test_removal_when_three_or_few_then_carried_out(services: Services, left: int) -> None:
    _ten(services)

    run = harvested(services, "hub", *(unchanged(name) for name in NAMES[:left]))

    assert run.status is RunStatus.FINDINGS
    assert list(statuses(services).values()).count("withdrawn") == 10 - left


def test_held_run_when_approved_then_withdrawn_and_decided(services: Services) -> None:
    _ten(services)
    run = harvested(services, "hub", *(unchanged(name) for name in NAMES[:6]))

    assert approve(services, run.id, "ada") == ["m6", "m7", "m8", "m9"]

    decided = run_by_id(services.database, run.id)
    assert decided is not None
    assert decided.status is RunStatus.FINDINGS
    assert decided.held is not None
    assert (decided.held["decision"], decided.held["by"]) == ("approved", "ada")
    assert decided.counts["withdrawn"] == 4
    again = harvested(services, "hub", *(unchanged(name) for name in NAMES[:6]))
    assert again.status is RunStatus.FINDINGS


def test_held_run_when_discarded_then_all_stay(services: Services) -> None:
    _ten(services)
    run = harvested(services, "hub", *(unchanged(name) for name in NAMES[:6]))

    discard(services, run.id)

    assert set(statuses(services).values()) == {"published"}
    with pytest.raises(RunError) as error:
        discard(services, run.id)
    assert str(error.value) == f"run {run.id}: found status 'ok with findings', expected a held run"


def test_held_run_when_there_is_none_then_one_line(services: Services) -> None:
    with pytest.raises(RunError) as error:
        approve(services, 77)

    assert str(error.value) == "run 77: there is no such run; `modreg runs list` shows them"


def test_dry_run_when_applied_then_tells_and_leaves_no_row(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    before = dump(services)
    source = require_source(services.database, "hub")
    new, other = fetched("a/three", "Three"), fetched("a/one", "One!", revision="c2")

    run = apply_dry(services, "hub", [listed(new, other), new, other, Finished(Requests())], rules_of(services, source))

    assert dump(services) == before
    assert run.id == 0
    assert sorted(run.changes) == [("created", "three"), ("updated", "one"), ("withdrawn", "two")]


def test_run_when_another_process_is_at_the_source_then_busy(services: Services) -> None:
    with services.database.write() as connection:
        leases.take(connection, "harvest:hub", "elsewhere.example.org 12 34 1", services.clock.now())

    with pytest.raises(BusyError) as error:
        harvested(services, "hub", fetched("a/one", "One"))

    assert str(error.value) == (
        "harvest:hub: process elsewhere.example.org 12 works on it now; wait until it is done, "
        "or until 2026-01-02T03:19:05Z"
    )
    services.clock.sleep(16 * 60)
    assert harvested(services, "hub", fetched("a/one", "One")).status is RunStatus.FINDINGS


def test_run_when_another_thread_of_this_process_is_at_the_source_then_busy(services: Services) -> None:
    with services.database.write() as connection:
        leases.take(connection, "harvest:hub", leases.new_holder(), services.clock.now())

    with pytest.raises(BusyError):
        harvested(services, "hub", fetched("a/one", "One"))


def test_run_when_its_lease_was_taken_over_then_it_writes_no_more(services: Services) -> None:
    source = require_source(services.database, "hub")
    one, two = fetched("a/one", "One"), fetched("a/two", "Two")

    def stolen_midway() -> object:
        yield Listed((one.entry, two.entry))
        yield one
        with services.database.write() as connection:
            connection.execute(lease.delete())
            leases.take(connection, "harvest:hub", "elsewhere.example.org 12 34 1", services.clock.now())
        yield two

    with pytest.raises(LeaseLostError) as error:
        apply_run(services, source, stolen_midway())  # type: ignore[arg-type]

    assert str(error.value) == "harvest:hub: another process has taken it over; this one stops"
    assert statuses(services) == {"one": "published"}


@pytest.mark.parametrize(
    ("fault", "status"), [(OSError("the disk is full"), "failed"), (KeyboardInterrupt(), "interrupted")]
)
def test_run_when_something_breaks_the_stream_then_it_says_so_and_gives_the_lease_back(
    services: Services, fault: BaseException, status: str
) -> None:
    source = require_source(services.database, "hub")
    one = fetched("a/one", "One")

    def broken() -> object:
        yield listed(one)
        yield one
        raise fault

    with pytest.raises(type(fault)):
        apply_run(services, source, broken())  # type: ignore[arg-type]

    (run,) = list_runs(services.database)
    assert run.status == status
    assert run.problem is not None
    assert run.problem["message"] == (str(fault) or "KeyboardInterrupt")
    assert statuses(services) == {"one": "published"}
    assert harvested(services, "hub", unchanged("a/one")).status is RunStatus.FINDINGS


def test_sources_to_harvest_when_named_or_not(services: Services) -> None:
    disable(services.database, "old")

    assert sources_to_harvest(services.database) == ["hub"]
    assert sources_to_harvest(services.database, ["old", "old"]) == ["old"]
    with pytest.raises(SourceError):
        sources_to_harvest(services.database, ["nub"])


def test_harvest_when_the_source_is_unknown_then_one_line(services: Services) -> None:
    with pytest.raises(SourceError) as error:
        harvest_source(services, "nub")

    assert str(error.value) == "source 'nub': there is none of this name; registered are: hub, old"


def test_runs_when_listed_then_newest_first_and_by_source(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    harvested(services, "old", failed("b/two"), gone("b/three"))

    assert [each.source for each in list_runs(services.database)] == ["old", "hub"]
    assert [each.id for each in list_runs(services.database, before=2)] == [1]
    assert count_runs(services.database, source="old") == 1


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", [0, 1, 5, ENTRIES])
def test_harvest_when_killed_in_the_middle_then_the_next_one_ends_where_it_would_have(
    database_url: str, tmp_path: Path, killed_after: int
) -> None:
    with a_registry(f"sqlite:///{tmp_path / 'whole.sqlite3'}", tmp_path / "whole", "hub") as whole:
        harvest_world(whole)
        wanted, log = _stampless(whole), changes(whole)
    with a_registry(database_url, tmp_path / "home", "hub"):
        pass

    command = [sys.executable, "-m", "tests.support.killed_harvest", database_url, str(tmp_path / "home")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= killed_after:
                process.kill()
                break

    with a_registry(database_url, tmp_path / "home", "hub") as again:
        run = harvest_world(again)
        assert _stampless(again) == wanted
        assert changes(again) == log
        (interrupted, finished) = sorted(list_runs(again.database), key=lambda each: each.id)
        assert interrupted.status in ({RunStatus.INTERRUPTED} if killed_after < ENTRIES else set(RunStatus))
        assert finished.id == run.id
        assert interrupted.counts["fetched"] >= killed_after
        assert run.counts["fetched"] + run.counts["unchanged"] == ENTRIES
        assert run.counts["unchanged"] >= killed_after


def test_interrupted_when_the_process_is_gone_then_marked_at_the_next_start(services: Services) -> None:
    from registry.runs import start_run

    with services.database.write() as connection:
        host, pid, _, number = leases.new_holder().split(" ")
        holder = f"{host} {pid} 1 {number}"
        leases.take(connection, "harvest:hub", holder, services.clock.now())
        run_id = start_run(connection, "hub", "2026-01-02T03:04:05Z", holder)
        leases.renew(connection, "harvest:hub", holder, services.clock.now(), run_id)

    assert mark_interrupted(services) == [run_id]
    assert mark_interrupted(services) == []
    run = run_by_id(services.database, run_id)
    assert run is not None
    assert run.status is RunStatus.INTERRUPTED


def test_interrupted_when_the_process_lives_then_left_alone(services: Services) -> None:
    from registry.runs import start_run

    with services.database.write() as connection:
        holder = leases.new_holder()
        leases.take(connection, "harvest:hub", holder, services.clock.now())
        run_id = start_run(connection, "hub", "2026-01-02T03:04:05Z", holder)
        leases.renew(connection, "harvest:hub", holder, services.clock.now(), run_id)

    assert mark_interrupted(services) == []


def _stampless(services: Services) -> bytes:
    """The export without the times at which things happened."""
    return re.sub(rb'"datestamp":"[^"]*"', b"", b"".join(export(services)))


def test_held_run_when_entries_took_the_place_of_others_then_each_module_is_public_once(services: Services) -> None:
    old = [fetched(f"old/{name}", title) for name, title in TITLES.items()]
    new = [fetched(f"new/{name}", title, revision="c2") for name, title in TITLES.items()]
    harvested(services, "hub", *old)

    run = harvested(services, "hub", *new)
    held = statuses(services)
    before = dump(services, "change")
    rebuild(services, "all")

    assert run.status is RunStatus.HELD
    assert held == dict.fromkeys(TITLES, "published")
    assert dump(services, "change") == before
    assert approve(services, run.id) == []
    assert statuses(services) == held


def test_entries_when_they_come_back_beside_their_successors_then_they_are_modules_of_their_own(
    services: Services,
) -> None:
    new = [fetched(f"new/{name}", title, revision="c2") for name, title in TITLES.items()]
    harvested(services, "hub", *(fetched(f"old/{name}", title) for name, title in TITLES.items()))
    discard(services, harvested(services, "hub", *new).id)

    harvested(services, "hub", *(unchanged(f"{owner}/{name}") for owner in ("old", "new") for name in TITLES))

    assert list(statuses(services).values()) == ["published"] * 8
