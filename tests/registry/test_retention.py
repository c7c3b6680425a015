"""Old runs become sums by month; what changes name, what waits and what is newest stays; over both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from harvester.events import Failed, Finished, Problem, Requests
from registry.changes import list_changes
from registry.harvesting import apply_run
from registry.payloads import keep_payload, payload_of
from registry.retention import RUNS_AGE, Summary, keep_tidy, list_summaries, prune
from registry.run_reports import list_failures
from registry.runs import list_runs, run_by_id
from registry.services import Services
from registry.source_rows import require_source
from registry.tables import payload
from tests.support.store import an_entry, dump, failed, fetched, harvested, listed, unchanged

YEAR = timedelta(days=365)


def _history(services: Services) -> None:
    """January 2026: a run that creates, one that changes nothing, one with a failure; then a year and a run."""
    harvested(services, "hub", fetched("a/one", "One"))
    harvested(services, "hub", unchanged("a/one"))
    harvested(services, "hub", failed("a/one"))
    services.clock.sleep(400 * 86_400)
    harvested(services, "hub", unchanged("a/one"))


def test_old_runs_when_pruned_then_sums_by_source_and_month(services: Services) -> None:
    _history(services)

    done = prune(services, YEAR)

    assert (done.summarised, done.kept) == (3, 1)
    assert list_summaries(services.database) == [Summary(
        "hub", "2026-01", {"ok with findings": 2, "partial": 1},
        {"listed": 3, "fetched": 1, "created": 1, "unchanged": 1, "failed": 1},
        {"sent": 0, "not_modified": 0, "avoided": 0, "bytes": 0, "waited_s": 0, "retries": 0, "quota_used": 0},
    )]
    assert [each.id for each in list_runs(services.database)] == [4, 1]


def test_run_when_a_change_names_it_then_its_row_stays_bare(services: Services) -> None:
    _history(services)

    prune(services, YEAR)

    (created,) = list_changes(services.database)
    assert (created.run, created.source) == (1, "hub")
    kept = run_by_id(services.database, 1)
    assert kept is not None
    assert (kept.detail, kept.requests, kept.problem) == ({"summarised": True}, {}, None)
    assert list_failures(services.database, 3) == []


def test_old_runs_when_pruned_again_then_nothing_is_counted_twice(services: Services) -> None:
    _history(services)
    prune(services, YEAR)
    before = dump(services)

    assert prune(services, YEAR).summarised == 0
    assert dump(services) == before


def test_old_runs_when_more_of_the_same_month_come_of_age_then_added(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    services.clock.sleep(10 * 86_400)
    harvested(services, "hub", unchanged("a/one"))
    harvested(services, "hub", unchanged("a/one"))
    services.clock.sleep(360 * 86_400)
    assert prune(services, YEAR).summarised == 1
    services.clock.sleep(10 * 86_400)

    assert prune(services, YEAR).summarised == 1
    (summary,) = list_summaries(services.database, "hub")
    assert summary.runs == {"ok with findings": 2}
    assert list_summaries(services.database, "old") == []


def test_dry_prune_when_asked_then_only_figures(services: Services) -> None:
    _history(services)
    before = dump(services)

    done = prune(services, YEAR, dry_run=True)

    assert dump(services) == before
    assert done.line() == (
        "3 runs would be summarised, 1 of them kept as rows because changes name them, "
        "0 answers of failures would be forgotten"
    )


def test_runs_that_wait_or_are_the_last_when_old_then_untouched(services: Services) -> None:
    names = [f"a/m{number}" for number in range(6)]
    harvested(services, "hub", *(fetched(name) for name in names))
    held = harvested(services, "hub", unchanged(names[0]))
    harvested(services, "old", fetched("b/one"))
    services.clock.sleep(800 * 86_400)

    assert keep_tidy(services).summarised == 1

    assert [each.id for each in list_runs(services.database)] == [3, 2, 1]
    found = run_by_id(services.database, held.id)
    assert found is not None
    assert found.status == "held"
    assert found.held is not None


@pytest.mark.parametrize(("days", "there"), [(29, True), (31, False)])
def test_answers_of_failures_when_a_month_old_then_forgotten(services: Services, days: int, there: bool) -> None:
    with services.database.write() as connection:
        sha256 = keep_payload(connection, b"<html>")
    problem = Problem("unexpected-answer", "no", "", "entry", payload=sha256)
    bad = Failed(an_entry("a/one"), problem)
    apply_run(services, require_source(services.database, "hub"), [listed(bad), bad, Finished(Requests())])
    services.clock.sleep(days * 86_400)

    done = keep_tidy(services)

    with services.database.read() as connection:
        assert (payload_of(connection, sha256) is not None) == there
    assert done.payloads == (0 if there else 1)
    assert [each.payload is not None for each in list_failures(services.database, 1)] == [there]


def test_answers_of_failures_when_a_module_is_made_of_the_same_bytes_then_they_stay(services: Services) -> None:
    good = fetched("a/one", "One")
    document = good.documents[0]
    problem = Problem("unexpected-answer", "no", "", "entry", payload=document.sha256)
    bad = Failed(an_entry("a/two"), problem)
    apply_run(services, require_source(services.database, "hub"), [listed(good, bad), good, bad, Finished(Requests())])
    services.clock.sleep(40 * 86_400)
    harvested(services, "hub", unchanged("a/one"), failed("a/two"))
    with services.database.read() as connection:
        before = set(connection.scalars(select(payload.c.sha256)))

    assert keep_tidy(services).payloads == 0

    with services.database.read() as connection:
        assert set(connection.scalars(select(payload.c.sha256))) == before


def test_default_age_when_a_worker_tidies_then_a_year() -> None:
    assert RUNS_AGE == YEAR
