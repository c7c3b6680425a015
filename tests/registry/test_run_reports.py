"""What a run tells: every failure with what came, findings in figures, requests and pace; over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from harvester.events import Event, Failed, Finished, Listed, ListingFailed, Problem, Requests
from registry.cli.run_text import lines_of
from registry.errors import RunError
from registry.harvesting import apply_run
from registry.payloads import keep_payload
from registry.progress import progress_of
from registry.run_reports import MOST_FAILURES, list_failures, payload_of_failure, report_of
from registry.runs import Run, RunStatus, run_by_id
from registry.services import Services
from registry.source_rows import require_source
from tests.support.store import an_entry, failed, fetched, gone, harvested, listed, unchanged, unlisted

HOSTILE = "\x1b[31m \x00 \ud800 </script>"


def run_of(services: Services, *events: Event) -> Run:
    """One run of these events."""
    return apply_run(services, require_source(services.database, "hub"), list(events))


def useless(services: Services, name: str, body: bytes) -> Failed:
    """An entry whose answer was of no use, and is kept."""
    with services.database.write() as connection:
        sha256 = keep_payload(connection, body)
    problem = Problem(
        "unexpected-answer", f"No JSON: {HOSTILE}", "Nothing.", "tags", "https://api.example.org/tags?token=***", 200,
        payload=sha256,
    )
    return Failed(an_entry(name), problem)


def test_failures_when_entries_fail_then_each_with_stage_class_address_and_mend(services: Services) -> None:
    bad = useless(services, "a/bad", b"<html>")
    run = run_of(services, listed(bad, gone("a/gone"), failed("a/slow")), bad, gone("a/gone"), failed("a/slow"),
                 Finished(Requests()))

    told = [each.as_json() for each in list_failures(services.database, run.id)]

    assert told[0] | {"message": "", "payload": ""} == {
        "position": 1, "entry": "github.com/a/bad", "kind": "unexpected-answer", "stage": "tags", "message": "",
        "mend": "Nothing.", "url": "https://api.example.org/tags?token=***", "status": 200, "payload": "",
    }
    assert "\x00" not in told[0]["message"]
    assert told[1] == {
        "position": 2, "entry": "github.com/a/gone", "kind": "gone", "stage": "entry", "message": "it does not exist",
        "mend": "Make the repository public, correct the address in the catalogue, or take the entry out of it.",
        "url": "https://github.com/a/gone", "status": 404,
    }
    assert told[2]["kind"] == "timeout"
    assert run.detail["failures_by_kind"] == {"gone": 1, "timeout": 1, "unexpected-answer": 1}


def test_payload_when_something_came_then_its_bytes_else_one_line(services: Services) -> None:
    bad = useless(services, "a/bad", b"\xff<html>")
    run = run_of(services, listed(bad, failed("a/slow")), bad, failed("a/slow"), Finished(Requests()))

    assert payload_of_failure(services.database, run.id, 1) == b"\xff<html>"
    with pytest.raises(RunError) as error:
        payload_of_failure(services.database, run.id, 2)
    assert str(error.value) == f"run {run.id}: of failure 2 nothing is kept that came instead of an answer"
    with pytest.raises(RunError) as error:
        payload_of_failure(services.database, run.id, 3)
    assert str(error.value) == f"run {run.id}: it has no failure 3; `modreg runs show {run.id}` shows them"


def test_failures_when_the_listing_fails_then_told_once(services: Services) -> None:
    run = unlisted(services, "hub")

    (told,) = list_failures(services.database, run.id)

    assert (told.entry, told.kind, told.stage, told.message) == (None, "listing", "listing", "MODULES.yml is empty.")


def test_failures_when_a_limit_ends_the_run_then_told_with_its_time(services: Services) -> None:
    problem = Problem("parked", "The limit is used up.", "Wait.", "entry", retry_at="2026-01-02T04:00:00Z")
    end = Finished(Requests(), complete=False, problem=problem, parked_until="2026-01-02T04:00:00Z")
    run = run_of(services, listed(fetched("a/one")), fetched("a/one"), end)

    (told,) = list_failures(services.database, run.id)

    assert (told.entry, told.kind, told.retry_at) == (None, "parked", "2026-01-02T04:00:00Z")


def test_failures_when_very_many_then_a_thousand_one_by_one_and_the_others_counted(local: Services) -> None:
    events = [failed(f"a/m{number}") for number in range(MOST_FAILURES + 5)]
    run = run_of(local, listed(*events), *events, Finished(Requests()))

    assert len(list_failures(local.database, run.id)) == MOST_FAILURES
    assert run.detail["failures_by_kind"] == {"timeout": MOST_FAILURES + 5}
    assert list(lines_of(report_of(local, run)))[-1] == "  and 5 more"


def test_problem_when_a_source_sends_what_no_database_keeps_then_kept_all_the_same(services: Services) -> None:
    problem = Problem("protocol", f"It says {HOSTILE}", "Nothing.", "listing")
    run = run_of(services, ListingFailed(problem), Finished(Requests(), complete=False, problem=problem))

    found = run_by_id(services.database, run.id)
    assert found is not None
    assert found.problem is not None
    assert found.problem["message"].startswith("It says \x1b[31m \ufffd ")


def test_report_when_the_run_is_over_then_findings_and_requests_in_figures(services: Services) -> None:
    spent = Requests(
        sent=9, not_modified=4, avoided=2, bytes=1_500_000, waited_s=75.0, retries=1, quota_used=5,
        by_status={"200": 5, "304": 4}, waits={"limit": 60.0, "pace": 15.0}, remaining={"github": 4991},
    )
    run = run_of(services, listed(fetched("a/one"), gone("a/two")), fetched("a/one"), gone("a/two"), Finished(spent))

    report = report_of(services, run)

    assert report["findings_by_code"]["entry-unreachable"] == 1
    assert sum(report["findings_by_code"].values()) == sum(report["findings_by_severity"].values()) == run.findings
    assert report["requests"]["waits"] == {"limit": 60.0, "pace": 15.0}
    assert "progress" not in report
    lines = list(lines_of(report))
    assert "entries: 2 listed, 1 fetched, 0 unchanged, 1 created, 0 updated, 0 withdrawn, 0 restored, 0 gone, " \
        "1 failed" in lines
    assert [line for line in lines if line.startswith(("requests", "answers", "waited", "left", "tried"))] == [
        "requests: 9 sent, 2 avoided, 1.5 MB", "answers: 200: 5, 304: 4", "tried again: 1",
        "waited: 1 min 15 s (limit 1 min 0 s, pace 15 s)", "left of quotas: github 4991",
    ]
    assert lines[-3:] == [
        "failures: 1 gone",
        "  1. github.com/a/two: it does not exist Make the repository public, correct the address in the catalogue, "
        "or take the entry out of it.",
        "     gone, at entry, https://github.com/a/two, 404",
    ]


def test_report_when_texts_are_hostile_then_nothing_moves_the_terminal(services: Services) -> None:
    bad = useless(services, "a/bad", b"?")
    run = run_of(services, listed(bad), bad, Finished(Requests()))

    lines = list(lines_of(report_of(services, run)))

    assert all(line.isprintable() for line in lines)
    assert any(f"`modreg runs payload {run.id} 1` shows what came" in line for line in lines)


def test_report_when_the_run_is_held_then_what_would_go_why_and_who_decided(services: Services) -> None:
    names = [f"a/m{number}" for number in range(5)]
    harvested(services, "hub", *(fetched(name, f"Module {name}") for name in names))
    run = harvested(services, "hub", unchanged("a/m0"))

    lines = list(lines_of(report_of(services, run)))

    assert "held: 4 of 5 entries would be withdrawn" in lines
    assert "  - github.com/a/m1 (m1: Module a/m1) no longer listed by hub since 2026-01-02" in lines


def test_run_that_goes_on_when_looked_at_then_how_far_how_fast_and_how_long(services: Services) -> None:
    events = [fetched(f"a/m{number}") for number in range(4)]
    seen: list[tuple[int, dict[str, object] | None, dict[str, int]]] = []

    def stream() -> Iterator[Event]:
        yield listed(*events)
        for event in events[:2]:
            services.clock.sleep(5)
            yield event
        run = run_by_id(services.database, 1)
        assert run is not None
        progress = progress_of(run, services.clock.now())
        assert progress is not None
        seen.append((run.counts["fetched"], progress.as_json(), run.detail["failures_by_kind"]))
        yield from events[2:]
        yield Finished(Requests())

    done = apply_run(services, require_source(services.database, "hub"), stream())

    assert seen == [(2, {"done": 2, "listed": 4, "rate": 0.2, "left_s": 10}, {})]
    assert progress_of(done, services.clock.now()) is None
    assert "progress: 2 of 4 entries, 0.2 a second, 10 s to the end" in lines_of(
        report_of(services, done) | {"progress": seen[0][1]}
    )


def test_progress_when_nothing_was_read_yet_then_no_rate(services: Services) -> None:
    run = harvested(services, "hub", fetched("a/one"))

    progress = progress_of(replace(run, status=RunStatus.RUNNING, counts={"listed": 5}), services.clock.now())

    assert progress is not None
    assert progress.as_json() == {"done": 0, "listed": 5}


def test_counts_when_a_tombstone_comes_then_gone_and_no_failure(services: Services) -> None:
    one = replace(gone("a/one"), final=True)
    run = run_of(services, Listed((one.entry,), whole=False), one, Finished(Requests()))

    assert (run.counts["gone"], run.counts["failed"]) == (1, 0)
    assert list_failures(services.database, run.id) == []
