"""The registry of the real images: those of both catalogues, with the limits that Docker's has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from harvester.errors import iso
from harvester.events import Event, Failed, Fetched, Finished, Gone, Unchanged
from harvester.memory import Named
from tests.support.clock import START
from tests.support.documents import parts
from tests.support.runs import Replayed, counted, of, spent
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

pytestmark = pytest.mark.corpus

FOLLOW = {"follow": True, "registries": ["docker.io"]}
INDEXES = ("ai4os-yolo-torch", "ai4os-demo-app", "thermal-anomaly-segmenter", "posenet-tf", "ai4os-ai4life-loader")
SINGLE = ("deep-oc-mods", "deep-oc-satsr", "deep-oc-posenet-tf", "deep-oc-yolov8_api")
MISSING = ("silked/deep-oc-neural_transfer", "tensorflow/tensorflow")


@pytest.fixture
def replayed(replay: Any) -> Iterator[Replayed]:
    replay.reset()
    found = Replayed(replay)
    names = (*(f"ai4oshub/{each}" for each in INDEXES), *(f"deephdc/{each}" for each in SINGLE), *MISSING)
    found.memory.names["image"] = [Named(f"docker.io/{each}", "own", (_repository(each),)) for each in names]
    yield found
    replay.reset()


def _repository(image: str) -> str:
    owner, _, name = image.partition("/")
    return f"github.com/{'ai4os-hub' if owner == 'ai4oshub' else owner}/{name}"


def records(events: list[Event]) -> dict[str, SourceRecord]:
    return {
        each.key.rpartition("/")[2]: read_entry(
            EntryContext("src", each.key, each.url, each.revision, each.entry.listing), each.documents
        )
        for each in of(Fetched, events)
    }


def pulls(replay: Any) -> int:
    """How many requests the registry counted as pulls."""
    return int(replay.stats()["apis"]["oci"]["charged"])


def test_images_when_harvested_twice_then_the_second_run_pulls_nothing(replay: Any, replayed: Replayed) -> None:
    first = replayed.run("oci", FOLLOW)
    pulled = pulls(replay)
    second = replayed.run("oci", FOLLOW)

    images = len(INDEXES) + len(SINGLE)
    assert counted(first) == {"Listed": 1, "Fetched": images, "Gone": len(MISSING), "Finished": 1}
    assert pulled == 2 * len(INDEXES) + len(SINGLE)
    assert pulls(replay) == pulled
    assert counted(second) == {"Listed": 1, "Unchanged": images, "Gone": len(MISSING), "Finished": 1}
    assert spent(second).by_status == {"200": 1, "304": images}


def test_images_when_read_then_platforms_sizes_dates_and_the_labels_that_are_their_own(replayed: Replayed) -> None:
    found = records(replayed.run("oci", FOLLOW))

    assert {code for each in found.values() for code in (one.code for one in each.findings)} == set()
    for name, record in found.items():
        sizes = [each for each in parts(record, "distributions", "size_bytes") if each]
        created = [each for each in parts(record, "distributions", "created") if each]
        assert (len(sizes), sizes[0] > 10**8, len(created)) == (1, True, 1), name
        assert record.values("evidence.about_repository") == (
            [f"github.com/{'ai4os' if 'loader' in name else 'ai4os-hub'}/{name}"] if name in INDEXES else []
        )
    (revision,) = [each for each in parts(found["posenet-tf"], "distributions", "revision") if each]
    assert len(revision) == 40
    assert parts(found["ai4os-ai4life-loader"], "distributions", "platforms")[0] == ["linux/amd64", "linux/arm64/v8"]


def test_image_when_its_repository_moves_then_it_alone_is_pulled(replay: Any, replayed: Replayed) -> None:
    replayed.run("oci", FOLLOW)
    replay.mutate(repo="ai4os-hub/posenet-tf", op="put-file", path="a-file.txt", content="new")
    before = pulls(replay)

    events = replayed.run("oci", FOLLOW)

    assert [each.key for each in of(Fetched, events)] == ["image:docker.io/ai4oshub/posenet-tf"]
    assert len(of(Unchanged, events)) == len(INDEXES) + len(SINGLE) - 1
    assert pulls(replay) - before == 2


def test_pulls_when_few_are_left_then_the_source_rests_unrefused_and_goes_on(replay: Any, replayed: Replayed) -> None:
    replay.call("POST", "/rate-limit", {"api": "oci", "resource": "pull", "limit": 5, "remaining": 5})

    first = replayed.run("oci", FOLLOW)
    replayed.pass_time(hours=6)
    replay.reset("limits")
    second = replayed.run("oci", FOLLOW)

    finished = first[-1]
    assert isinstance(finished, Finished)
    assert finished.parked_until == iso(START + timedelta(hours=6))
    assert (len(of(Fetched, first)), len(of(Failed, first)), "429" in spent(first).by_status) == (2, 0, False)
    assert (len(of(Unchanged, second)), len(of(Fetched, second))) == (2, len(INDEXES) + len(SINGLE) - 2)


@pytest.mark.parametrize("mode", [
    "status:403", "status:404", "status:500", "html", "truncate", "reset", "garbage-json", "empty-200", "huge:30",
    "redirect-loop", "redirect-private", "wrong-charset",
])
@pytest.mark.parametrize("match", ["^/v2/$", "^/token", "/manifests/latest", "/manifests/sha256", "/blobs/|_cdn"])
def test_registry_when_it_is_ill_then_nothing_is_gone_and_the_next_run_makes_it_good(
    replay: Any, replayed: Replayed, mode: str, match: str
) -> None:
    named = replayed.memory.names["image"]
    replayed.memory.names["image"] = [each for each in named if "posenet" in each.value and "ai4oshub" in each.value]
    with replay.faulty(mode, match=match):
        ill = replayed.run("oci", FOLLOW)
    replayed.pass_time(hours=1)
    well = replayed.run("oci", FOLLOW)

    assert of(Gone, ill) == []
    assert len(of(Fetched, ill)) + len(of(Fetched, well)) == 1
