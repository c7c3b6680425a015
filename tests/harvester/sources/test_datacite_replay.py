"""DOIs as they are: recorded ones of many archives, those of the sample deposits, and none that nobody registered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvester.events import Failed, Fetched, Gone
from harvester.memory import Named
from tests.support.corpus import listed_records
from tests.support.runs import Replayed, counted, of, spent
from vocab.readers import read_entry
from vocab.record import EntryContext
from vocab.references import references_of

pytestmark = pytest.mark.corpus

RECORDED = (
    "10.5061/dryad.8515", "10.1594/pangaea.836178", "10.48550/arxiv.2311.16162", "10.7910/dvn/nj7xso",
    "10.4121/uuid:3926db30-f712-4394-aebc-75976070e91f", "10.5067/terra+aqua/ceres/cldtyphist_l3.004",
)
FOLLOW = {"follow": True}


@pytest.fixture
def replayed(replay: Any) -> Iterator[Replayed]:
    replay.reset()
    yield Replayed(replay)
    replay.reset()


def named(*dois: str) -> list[Named]:
    return [Named(doi, "dataset", ("github.com/a/b",)) for doi in dois]


def test_recorded_dois_when_named_then_each_has_a_name_and_the_second_run_sends_nothing(replayed: Replayed) -> None:
    replayed.memory.names["doi"] = named(*RECORDED)

    first = replayed.run("datacite", FOLLOW)
    second = replayed.run("datacite", FOLLOW)
    replayed.pass_time(days=8)
    third = replayed.run("datacite", FOLLOW)

    assert counted(first) == {"Listed": 1, "Fetched": len(RECORDED), "Finished": 1}
    for each in of(Fetched, first):
        record = read_entry(EntryContext("src", each.key, each.url, None, each.entry.listing), each.documents)
        (resource,) = record.values("resources")
        assert isinstance(resource, dict)
        assert resource["doi"] == each.key.removeprefix("doi:")
        assert resource["title"]
    assert (spent(second).sent, spent(second).avoided) == (0, len(RECORDED))
    assert counted(third) == {"Listed": 1, "Unchanged": len(RECORDED), "Finished": 1}


def test_dois_of_the_catalogues_when_asked_then_one_request_tells_which_are_not_registered_here(
    replayed: Replayed, shared: Path
) -> None:
    dois = {each.value for record in listed_records(shared) for each in references_of(record) if each.kind == "doi"}
    replayed.memory.names["doi"] = named(*sorted(dois))

    first, second = replayed.run("datacite", FOLLOW), replayed.run("datacite", FOLLOW)

    assert len(of(Fetched, first)) + len(of(Gone, first)) == len(dois) == 19
    assert of(Failed, first) == []
    assert spent(first).sent <= 3
    assert spent(second).sent == 0


@pytest.mark.parametrize("mode", [
    "status:404", "status:500", "status:403", "html", "truncate", "reset", "garbage-json", "empty-200", "wrong-charset",
    "redirect-loop", "redirect-private",
])
@pytest.mark.parametrize("match", ["/datacite/dois", "/doi/", "/crosscite/"])
def test_fault_when_it_strikes_then_what_was_known_is_known_after_it(
    replay: Any, replayed: Replayed, mode: str, match: str
) -> None:
    replayed.memory.names["doi"] = named(*RECORDED)
    replayed.run("datacite", FOLLOW)
    replayed.pass_time(days=8)

    with replay.faulty(mode, match=match):
        replayed.run("datacite", FOLLOW)
    replayed.pass_time(days=8)

    assert counted(replayed.run("datacite", FOLLOW)) == {"Listed": 1, "Unchanged": len(RECORDED), "Finished": 1}
