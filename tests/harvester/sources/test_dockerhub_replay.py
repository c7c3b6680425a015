"""Docker Hub as it is: the images of the two catalogues, and the growing shape of a large namespace over the years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harvester.events import Event, Fetched, Gone, Listed
from harvester.memory import Named
from tests.support.runs import Replayed, counted, of, spent
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

pytestmark = pytest.mark.corpus

HUB = {"namespaces": ["ai4oshub", "deephdc"]}
LARGE = {"namespaces": ["dustynv"]}
TOKEN = "sample:token"  # with a credential thrice as many requests are allowed in a minute
# Days after which a list of `dustynv` was recorded: without `storage_size`, `last_modified`, `source`, then with them.
DAYS = ("2024-01-20", "2024-03-14", "2024-09-06", "2024-10-27", "2025-09-14", "2026-08-23")


@pytest.fixture
def replayed(replay: Any) -> Iterator[Replayed]:
    replay.reset()
    yield Replayed(replay)
    replay.reset()


def records(events: list[Event]) -> list[SourceRecord]:
    return [
        read_entry(EntryContext("src", each.key, each.url, each.revision, each.entry.listing), each.documents)
        for each in of(Fetched, events)
    ]


def test_namespaces_of_the_catalogues_when_harvested_twice_then_the_second_asks_only_for_the_lists(
    replayed: Replayed,
) -> None:
    first = replayed.run("dockerhub", HUB)
    second = replayed.run("dockerhub", HUB)

    assert counted(first) == {"Listed": 1, "Fetched": 70, "Finished": 1}
    assert spent(first).sent == 2 + 2 * 70
    assert counted(second) == {"Listed": 1, "Unchanged": 70, "Finished": 1}
    assert (spent(second).sent, spent(second).avoided) == (2, 140)


def test_images_of_the_catalogues_when_read_then_each_has_a_few_distributions_with_platforms_and_sizes(
    replayed: Replayed,
) -> None:
    found = records(replayed.run("dockerhub", HUB))

    assert [each.findings for each in found if each.findings] == []
    for record in found:
        images: list[Any] = record.values("distributions")
        assert 1 <= len(images) <= 12
        for image in images:
            assert image["tag"] in image["tags"]
            assert image["reference"] == f"{record.key.removeprefix('image:')}:{image['tag']}"
            assert image["platforms"][0] == "linux/amd64"
            assert not any("unknown" in each for each in image["platforms"])
            assert image["size_bytes"] > 300_000_000
            assert image["digest"].startswith("sha256:")
            assert image["pushed"] > "2017"


def test_images_that_modules_name_when_one_is_not_there_then_it_alone_is_gone(replayed: Replayed) -> None:
    values = ("deephdc/deep-oc-obj_detect_pytorch", "ai4oshub/ai4os-yolo-torch", "ai4oshub/no-such-image")
    replayed.memory.names["image"] = [Named(f"docker.io/{each}", "own", ("github.com/a/b",)) for each in values]

    events = replayed.run("dockerhub", {"follow": True})

    assert [each.entry.key for each in of(Gone, events)] == ["image:docker.io/ai4oshub/no-such-image"]
    assert counted(events)["Listed"] == 1


def test_namespace_when_its_shape_grows_over_the_years_then_everything_is_read_and_only_what_moved_again(
    replay: Any, replayed: Replayed
) -> None:
    outcomes: list[dict[str, int]] = []
    for day in DAYS:
        replay.time(day)
        replay.reset("limits")
        events = replayed.run("dockerhub", LARGE, token=TOKEN)
        (listed,) = of(Listed, events)
        assert listed.whole, day
        assert counted(replayed.run("dockerhub", LARGE, token=TOKEN)).get("Fetched", 0) == 0
        outcomes.append(counted(events))

    assert [each.get("Fetched", 0) for each in outcomes] == [80, 24, 100, 100, 31, 0]
    assert outcomes[-1]["Unchanged"] == 100
