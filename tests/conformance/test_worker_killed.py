"""A worker killed in the middle of a run: another one marks it, goes on where it stopped, and asks nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from registry.due import outlook
from registry.runs import Run, RunStatus, list_runs
from tests.conformance.test_killed import KillingStandIn
from tests.support.processes import environment_of, seconds_until, started
from tests.support.small_catalogue import NAMES
from tests.support.small_registry import small_registry
from tests.support.store import BASE_URL

# A request in the middle of the fifth of seven repositories.
FATAL = 32
_OF = re.compile(r"/repos/([^/]+/[^/?]+)")


@pytest.mark.slow
def test_worker_killed_in_a_run_then_another_goes_on_and_asks_nothing_twice(tmp_path: Path, database_url: str) -> None:
    killing = KillingStandIn(FATAL)
    with killing as standin, small_registry(standin, tmp_path / "home", database_url) as registry:
        services = registry.services
        named = {"base_url": BASE_URL, "repository_id": "registry.example.org", "log_level": "ERROR"}
        environment = environment_of(tmp_path / "home", standin, database_url=database_url, **named)

        def runs() -> list[Run]:
            return list_runs(services.database)

        with started(environment, "worker") as first:
            killing.victim = first
            first.communicate()
        assert first.returncode == -9
        (killed,) = runs()
        assert (killed.status, outlook(services, "hub").next.why) == (RunStatus.RUNNING, "running")
        spent = [row.target for row in standin.requests]
        with started(environment, "worker") as second, started(environment, "worker") as third:
            seconds_until(lambda: len(runs()) == 2 and runs()[0].status is not RunStatus.RUNNING, 40)
            for each in (second, third):
                each.terminate()
            for each in (second, third):
                each.communicate()
        done, marked = runs()
        assert (marked.id, marked.status) == (killed.id, RunStatus.INTERRUPTED)
        assert marked.problem is not None
        assert marked.problem["message"] == "the process ended before the run did"
        assert (done.status, done.trigger) == (RunStatus.FINDINGS, "schedule")
        assert marked.counts["fetched"] == done.counts["unchanged"] > 0
        assert done.counts["fetched"] + done.counts["unchanged"] == len(NAMES)
        again = [row.target for row in standin.requests[len(spent):]]
        whole, at = NAMES[: marked.counts["fetched"]], NAMES[marked.counts["fetched"]]
        # Of what was read one question each, whether it moved; of what was being read the rest, and no file that came.
        assert [target for target in again if _OF.search(target) and _repository(target) in whole] == [
            f"/github/repos/{name}" for name in whole
        ]
        twice = Counter(target for target in (*spent[:-1], *again) if "/git/blobs/" in target)
        assert twice.most_common(1)[0][1] == 1
        assert {_repository(target) for target in {*spent} & {*again}} == {*whole, at, "lists/hub"}


def _repository(target: str) -> str:
    found = _OF.search(target)
    assert found is not None
    return found[1]
