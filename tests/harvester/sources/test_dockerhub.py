"""Docker Hub: what is listed, what is asked, and what is not asked again."""

from __future__ import annotations

import json

import pytest

from harvester.errors import WrongSettings
from harvester.events import Fetched, Gone, Listed, ListingFailed, Unchanged
from tests.support.runs import Runs, counted, kinds, of, spent
from tests.support.small_dockerhub import SECRET, USER, Hosted, SmallHub

LIST = "/v2/repositories/sample/?page_size=100"


def named(hub: SmallHub, *values: str) -> Runs:
    runs = Runs("dockerhub", hub, follow=True)
    runs.name("image", *values)
    return runs


def namespaces(hub: SmallHub, *names: str) -> Runs:
    return Runs("dockerhub", hub, namespaces=list(names) or ["sample"])


def test_namespace_when_first_harvested_then_one_list_and_two_requests_for_each_image() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))

    events = namespaces(hub).run()

    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Finished"]
    assert hub.paths() == [
        LIST,
        "/v2/repositories/sample/one/", "/v2/namespaces/sample/repositories/one/tags?page_size=100",
        "/v2/repositories/sample/two/", "/v2/namespaces/sample/repositories/two/tags?page_size=100",
    ]
    first = of(Fetched, events)[0]
    assert (first.key, first.url) == ("image:docker.io/sample/one", "https://hub.docker.com/r/sample/one")
    assert first.counters == {"pulls": 7, "stars": 2}
    assert [each.path for each in first.documents] == ["api:dockerhub-repository", "api:dockerhub-tags"]
    assert json.loads(first.documents[0].body)["full_description"] == "# Page"
    assert first.entry.listing.named_by == ()


def test_namespace_when_nothing_was_pushed_then_only_the_list_is_asked_though_pulls_were_counted() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))
    runs = namespaces(hub)
    runs.run()
    hub.requests.clear()
    hub.hosted["sample/one"].pulls += 1_000
    hub.hosted["sample/two"].facts = {"status": 0, "star_count": 9, "last_pulled": "2026-02-01"}

    events = runs.run()

    assert kinds(events) == ["Listed", "Unchanged", "Unchanged", "Finished"]
    assert hub.paths() == [LIST]
    assert of(Unchanged, events)[0].counters == {"pulls": 1_007, "stars": 2}
    assert spent(events).avoided == 4


@pytest.mark.parametrize("facts", [
    {"last_updated": "2026-05-05"}, {"last_modified": "2026-05-05"}, {"description": "Else."}, {"storage_size": 5},
])
def test_namespace_when_an_image_moved_then_it_alone_is_read(facts: dict[str, object]) -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))
    runs = namespaces(hub)
    runs.run()
    hub.hosted["sample/two"].facts = facts

    assert kinds(runs.run()) == ["Listed", "Unchanged", "Fetched", "Finished"]
    assert kinds(runs.run()) == ["Listed", "Unchanged", "Unchanged", "Finished"]
    assert kinds(runs.run(full=True)) == ["Listed", "Fetched", "Fetched", "Finished"]


def test_namespace_when_it_has_many_pages_then_all_are_read_and_tags_too() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(250)))
    hub.hosted["sample/image-0"].tags = [f"1.{number}" for number in range(150)]

    events = namespaces(hub).run()

    assert len(of(Fetched, events)) == 250
    tags = json.loads(of(Fetched, events)[0].documents[1].body)
    assert (tags["count"], len(tags["results"])) == (150, 150)


def test_tags_when_there_are_thousands_then_the_newest_thousand_are_read() -> None:
    hub = SmallHub(Hosted("sample/one", tags=[f"1.{number}" for number in range(1_234)]))

    tags = json.loads(of(Fetched, namespaces(hub).run())[0].documents[1].body)

    assert (tags["count"], len(tags["results"])) == (1_234, 1_000)
    assert len(hub.paths()) == 12


def test_namespace_when_some_hold_no_images_or_are_private_then_not_listed() -> None:
    hub = SmallHub(
        Hosted("sample/one"), Hosted("sample/chart", facts={"content_types": ["helm"]}),
        Hosted("sample/secret", facts={"is_private": True}), Hosted("sample/empty", facts={"content_types": []}),
    )

    events = namespaces(hub).run()

    assert [each.entry.key for each in of(Fetched, events)] == [
        "image:docker.io/sample/one", "image:docker.io/sample/empty",
    ]
    (listed,) = of(Listed, events)
    assert listed.whole


def test_rows_when_their_shape_is_of_another_year_then_read() -> None:
    hub = SmallHub(
        Hosted("sample/old", facts={"content_types": None, "star_count": None}),
        Hosted("sample/new", facts={"a key of next year": {"deep": [1]}, "categories": [{"slug": "ai"}], "source": {}}),
    )
    runs = namespaces(hub)

    assert counted(runs.run())["Fetched"] == 2
    assert counted(runs.run())["Unchanged"] == 2


def test_follow_when_three_of_a_namespace_are_named_then_its_list_is_asked_once() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(5)), Hosted("other/one"))
    runs = named(hub, *(f"docker.io/sample/image-{number}" for number in range(3)), "docker.io/other/one",
                 "ghcr.io/sample/else")

    first = runs.run()
    hub.requests.clear()
    second = runs.run()

    assert kinds(first) == ["Listed", *["Fetched"] * 4, "Finished"]
    assert {each.entry.listing.named_by for each in of(Fetched, first)} == {("github.com/sample/module",)}
    assert {each.entry.listing.roles for each in of(Fetched, first)} == {("own",)}
    assert kinds(second) == ["Listed", *["Unchanged"] * 4, "Finished"]
    assert hub.paths() == [LIST, "/v2/repositories/other/one/"]
    assert spent(second).avoided == 7


def test_follow_when_the_namespace_is_much_larger_than_what_is_named_then_asked_singly() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(900)))
    runs = named(hub, *(f"docker.io/sample/image-{number}" for number in (0, 600, 700, 800)))

    assert counted(runs.run())["Fetched"] == 4
    assert [each for each in hub.paths() if each.startswith("/v2/repositories/sample/?")] == [LIST]


def test_follow_when_a_named_image_does_not_exist_then_gone_and_asked_again_the_day_after() -> None:
    hub = SmallHub()
    runs = named(hub, "docker.io/sample/nothing")

    first = runs.run()
    hub.requests.clear()
    assert kinds(runs.run()) == ["Listed", "Gone", "Finished"]
    assert hub.paths() == []
    runs.clock.advance(24 * 3600)
    assert kinds(runs.run()) == ["Listed", "Gone", "Finished"]
    assert hub.paths() == ["/v2/repositories/sample/nothing/"]

    (gone,) = of(Gone, first)
    assert gone.reason == "The image does not exist on Docker Hub, or is not public (404)."
    assert (gone.status, gone.final) == (404, False)


def test_follow_when_a_whole_list_is_without_a_named_image_then_gone_without_asking() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))
    runs = named(hub, "docker.io/sample/one", "docker.io/sample/two", "docker.io/sample/three")

    assert counted(runs.run()) == {"Listed": 1, "Fetched": 2, "Gone": 1, "Finished": 1}
    assert "/v2/repositories/sample/three/" not in hub.paths()


def test_follow_when_nothing_is_named_then_only_whether_it_is_docker_hub_is_asked() -> None:
    hub = SmallHub()

    assert kinds(named(hub).run()) == ["Listed", "Finished"]
    assert hub.paths() == ["/v2/repositories/library/?page_size=1"]


def test_both_when_an_image_is_in_a_namespace_and_named_then_it_is_listed_for_its_own_sake() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("other/two"))
    runs = Runs("dockerhub", hub, follow=True, namespaces=["Sample"])
    runs.name("image", "docker.io/sample/one", "docker.io/other/two")

    found = {each.entry.key: each.entry.listing.named_by for each in of(Fetched, runs.run())}

    assert found == {
        "image:docker.io/sample/one": (), "image:docker.io/other/two": ("github.com/sample/module",),
    }


def test_credential_when_it_is_right_then_traded_once_and_never_kept() -> None:
    hub = SmallHub(Hosted("sample/one"))
    runs = namespaces(hub)

    runs.run(token=f"{USER}:{SECRET}")

    shown = [request.headers.get("Authorization") for request in hub.requests]
    assert shown == [None, *["Bearer session-1"] * 3]
    kept = repr(runs.memory.validators) + repr(runs.memory.payloads)
    assert "session-1" not in kept
    assert SECRET not in kept
    assert kinds(runs.run(token=f"{USER}:{SECRET}")) == ["Listed", "Unchanged", "Finished"]


def test_credential_when_its_session_grows_old_then_traded_again() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))
    events = namespaces(hub).stream(token=f"{USER}:{SECRET}")

    first = [next(events), next(events)]
    hub.accepted.clear()

    assert kinds([*first, *events]) == ["Listed", "Fetched", "Fetched", "Finished"]
    assert hub.sessions == 2


@pytest.mark.parametrize(("token", "message"), [
    (f"{USER}:wrong", "Docker Hub does not accept this user and token (401)."),
    ("no-colon", "The credential is not of the form `user:token`."),
])
def test_credential_when_it_is_wrong_then_said_in_a_sentence(token: str, message: str) -> None:
    events = namespaces(SmallHub(Hosted("sample/one"))).run(token=token)

    (failed,) = of(ListingFailed, events)
    assert failed.problem.message == message
    assert failed.problem.mend == "Make a personal access token at Docker Hub and set it as `user:token`."


@pytest.mark.parametrize(("settings", "message"), [
    ({}, "src: give namespaces, or follow = true, or both; found neither."),
    ({"namespaces": ["no/such"]}, "src: namespaces.0: String should match pattern "),
    ({"namespaces": []}, "src: namespaces: Tuple should have at least 1 item"),
    ({"follow": True, "organisation": "x"}, "src: organisation: Extra inputs are not permitted."),
])
def test_settings_when_they_are_wrong_then_told_before_anything_is_asked(
    settings: dict[str, object], message: str
) -> None:
    hub = SmallHub()
    with pytest.raises(WrongSettings) as caught:
        Runs("dockerhub", hub, **settings).run()
    assert caught.value.seen.startswith(message)
    assert hub.paths() == []
