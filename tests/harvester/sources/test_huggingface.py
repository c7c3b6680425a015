from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.errors import WrongSettings
from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed, Unchanged
from harvester.harvest import harvest
from tests.support.answers import Canned
from tests.support.clock import HandClock
from tests.support.harvests import finding_codes, kinds, of
from tests.support.memory import DictMemory
from tests.support.small_hub import HUB, HubModel, SmallHub

CARD = b"---\nlicense: mit\n---\n# Reefs\n\nTells corals from each other in pictures of the sea floor.\n"
FILES = {"README.md": CARD, "config.json": b"{}", "model.safetensors": b"\0" * 100, "LICENSE": b"MIT License\n"}


def a_hub(*names: str) -> SmallHub:
    return SmallHub(*(HubModel(name, {**FILES, "README.md": CARD + name.encode()}) for name in names))


def test_author_gives_all_models_with_their_cards_and_without_their_weights() -> None:
    hub = a_hub("reef/Corals", "reef/fish", "reef/algae", "sea/other")
    events = hub.run(authors=["reef"])
    assert kinds(events) == ["Listed", *["Fetched"] * 3, "Finished"]
    fetched = of(Fetched, events)[0]
    assert (fetched.key, fetched.url) == ("huggingface.co/reef/corals", f"{HUB}/reef/Corals")
    assert [each.path for each in fetched.documents] == ["api:huggingface-model", "LICENSE", "README.md"]
    assert json.loads(fetched.documents[0].body)["id"] == "reef/Corals"
    assert fetched.documents[2].body == CARD + b"reef/Corals"
    assert fetched.documents[2].url == f"{HUB}/reef/Corals/blob/{fetched.revision}/README.md"
    assert fetched.counters == {"downloads": 5, "likes": 2}
    assert not [path for path in hub.paths() if "safetensors" in path]
    assert len(hub.requests) == 2 + 3 * 3


def test_second_harvest_asks_for_the_list_alone() -> None:
    hub = a_hub("reef/a", "reef/b", "reef/c")
    hub.run(authors=["reef"])
    events = hub.run(authors=["reef"])
    assert kinds(events) == ["Listed", *["Unchanged"] * 3, "Finished"]
    assert of(Finished, events)[0].requests.not_modified == len(hub.requests) == 2
    hub.models["reef/b"].facts["downloads"] = 99
    assert [event.counters["downloads"] for event in of(Unchanged, hub.run(authors=["reef"]))] == [5, 99, 5]


@pytest.mark.parametrize("facts", [{"tags": ["doi:10.1/x"]}, {"pipeline_tag": "other"}, {"gated": "manual"}])
def test_facts_that_matter_make_a_model_read_anew(facts: dict[str, object]) -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.run(authors=["reef"])
    hub.models["reef/b"].facts = facts
    assert kinds(hub.run(authors=["reef"])) == ["Listed", "Unchanged", "Fetched", "Finished"]


def test_commit_makes_a_model_read_anew() -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.run(authors=["reef"])
    hub.models["reef/b"].files["README.md"] = b"# Another\n"
    (fetched,) = of(Fetched, hub.run(authors=["reef"]))
    assert fetched.documents[-1].body == b"# Another\n"


def test_models_are_read_by_their_ids_and_told_by_their_new_names() -> None:
    hub = a_hub("reef/a", "google/bert")
    hub.moved["bert"] = "google/bert"
    settings: dict[str, Any] = {"models": ["bert", "reef/nothing"], "authors": ["reef"]}
    events = hub.run(**settings)
    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Gone", "Finished"]
    bert = of(Fetched, events)[1]
    assert (bert.key, bert.previous_keys) == ("huggingface.co/google/bert", ("huggingface.co/bert",))
    assert finding_codes(events) == ["repository-renamed"]
    assert of(Gone, events)[0].reason == "The model does not exist, or is not public (401)."
    assert kinds(hub.run(**settings)) == ["Listed", "Unchanged", "Unchanged", "Gone", "Finished"]


@pytest.mark.parametrize("facts", [{"private": True}, {"disabled": True}])
def test_model_that_is_taken_away_is_gone(facts: dict[str, object]) -> None:
    hub = a_hub("reef/a")
    hub.run(models=["reef/a"])
    hub.models["reef/a"].facts = facts
    assert kinds(hub.run(models=["reef/a"])) == ["Listed", "Gone", "Finished"]


def test_files_that_only_some_may_read_are_left_out() -> None:
    hub = a_hub("reef/a")
    hub.disturb = {"/raw/": Canned(403, b"Access to model is restricted")}
    (fetched,) = of(Fetched, hub.run(authors=["reef"]))
    assert [each.path for each in fetched.documents] == ["api:huggingface-model"]


def test_file_that_is_too_large_is_a_finding() -> None:
    hub = a_hub("reef/a")
    hub.models["reef/a"].files["README.md"] = b"x" * (2 * 1024 * 1024)
    (fetched,) = of(Fetched, hub.run(authors=["reef"]))
    assert [(each.code, each.message) for each in fetched.findings] == [
        ("document-too-large", "README.md is too large to be read (more than 1 MiB).")
    ]


def test_limit_is_obeyed_in_the_form_in_which_the_hub_tells_it() -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.disturb = {"/api/models/reef/a": Canned(429, b"", {"RateLimit": '"api";r=0;t=300'})}
    finished = of(Finished, hub.run(authors=["reef"]))[0]
    assert (finished.complete, finished.parked_until) == (False, "2026-01-02T03:09:05Z")
    assert len(hub.requests) == 2


LISTS: dict[str, tuple[Canned, str, str]] = {
    "html": (Canned(200, b"<html>"), "unexpected-answer",
             "The answer (200) is an HTML page, not what the Hub promises."),
    "empty": (Canned(200, b""), "unexpected-answer",
              "The answer (200) is broken or of another form, not what the Hub promises."),
    "none": (Canned(200, b"[]"), "listing", "The author reef shows no models, or does not exist."),
    "others": (Canned(200, b'[{"id": "sea/x"}]'), "listing",
               "The list of models of reef shows sea/x, which is another's."),
    "expired": (Canned(401, b"{}"), "refused", "The server does not accept the credential (401)."),
    "endless": (Canned(200, b"[]", {"Link": f'<{HUB}/api/models?author=reef>; rel="next"'}), "listing",
                "The list of models of reef does not end."),
    "elsewhere": (Canned(200, b"[]", {"Link": '<https://127.66.66.66/>; rel="next"'}), "listing",
                  "The list of models of reef does not end."),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_that_cannot_be_believed_withdraws_nothing(name: str) -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.run(authors=["reef"])
    answer, kind, said = LISTS[name]
    hub.disturb = {r"/api/models\?": answer}
    (failed,) = of(ListingFailed, hub.run(authors=["reef"]))
    assert (failed.problem.kind, failed.problem.message) == (kind, said)
    hub.disturb = {}
    assert kinds(hub.run(authors=["reef"])) == ["Listed", "Unchanged", "Unchanged", "Finished"]


def test_row_that_is_not_as_promised_takes_nothing_out_of_the_list() -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.models["reef/b"].facts = {"sha": 5}
    listed = of(Listed, hub.run(authors=["reef"]))[0]
    assert (len(listed.entries), listed.whole) == (1, False)


@pytest.mark.parametrize("answer", [Canned(200, b"[]"), Canned(500, b""), Canned(200, b"<html>"), OSError("reset")])
def test_trouble_with_one_model_is_its_own(answer: Canned | Exception) -> None:
    hub = a_hub("reef/a", "reef/b")
    hub.disturb = {"/api/models/reef/a": answer}
    assert Counter(kinds(hub.run(authors=["reef"]))) == {"Listed": 1, "Failed": 1, "Fetched": 1, "Finished": 1}
    hub.disturb = {}
    assert kinds(hub.run(authors=["reef"])) == ["Listed", "Fetched", "Unchanged", "Finished"]


def test_credential_that_is_not_accepted_is_no_missing_model() -> None:
    hub = a_hub("reef/a")
    hub.disturb = {"/api/models/": Canned(401, b"{}")}
    (failed,) = of(Failed, hub.run(models=["reef/a"], token="expired"))
    assert failed.problem.message == "The server does not accept the credential (401)."


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "src: give authors, models, or both."),
        ({"authors": ["a"], "url": "hub"},
         "src: url: write the address of the Hub or of a mirror, such as https://huggingface.co."),
        ({"authors": ["a/b"]}, "src: authors.0: String should match pattern '^[\\w.-]+$'."),
    ],
)
def test_settings_say_in_one_line_what_is_wrong(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        SmallHub().run(**settings)
    assert str(caught.value) == f"{said} Correct the setting."


def test_recorded_models_are_harvested(replay: Any) -> None:
    endpoints, memory, clock = Endpoints.from_json(json.dumps(replay.urls)), DictMemory(), HandClock()
    known = ["facebook/detr-resnet-50", "google-bert/bert-base-uncased", "stabilityai/stable-diffusion-2-1"]
    url = f"{replay.urls['control'].removesuffix('/_control')}/_recorded/huggingface.co"
    settings = {"url": url, "models": [*known, "reef/nothing"]}
    with open_session(endpoints) as session:
        client = Client(session, memory, endpoints, clock, contact="us@example.org", limits=Limits(tries=1))
        events = list(harvest("src", "huggingface", settings, endpoints, client, memory, clock))
    assert [event.key for event in of(Fetched, events)] == [f"huggingface.co/{name}" for name in known]
    assert len(of(Gone, events)) == 1
