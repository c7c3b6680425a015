"""Docker Hub in trouble: nothing that it leaves out, hides or garbles is taken for gone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed, Unchanged
from tests.support.answers import Canned
from tests.support.clock import START
from tests.support.runs import Runs, counted, kinds, of
from tests.support.small_dockerhub import HUB, Hosted, SmallHub

ELSEWHERE = "The list says that its next page is on another server."
CANNOT_BE_READ = (
    (b"<html>Something went wrong</html>", "an HTML page"),
    (b'{"count": 1, "next": nu', "broken or of another form"),
    (b'{"count": "many", "next": null, "results": []}', "broken or of another form"),
    (b'{"detail": "something"}', "broken or of another form"),
    ("\u20ac".encode("utf-16"), "broken or of another form"),
    (b"[" * 2_000, "broken or of another form"),
)


def namespaces(hub: SmallHub, *names: str) -> Runs:
    return Runs("dockerhub", hub, namespaces=list(names) or ["sample"])


def following(hub: SmallHub, *names: str) -> Runs:
    runs = Runs("dockerhub", hub, follow=True)
    runs.name("image", *(f"docker.io/{name}" for name in names))
    return runs


def test_list_when_pages_are_cut_in_silence_then_what_is_missing_is_not_gone() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(150)))
    hub.hides_rest = True

    events = namespaces(hub).run()

    (listed,) = of(Listed, events)
    assert (len(listed.entries), listed.whole) == (100, False)
    assert listed.problem is not None
    assert listed.problem.message == "The list of `sample` shows 100 usable repositories and says that there are 150."
    assert counted(events)["Fetched"] == 100


def test_list_when_a_row_is_broken_or_of_somebody_else_then_the_list_is_not_whole() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two", facts={"name": None}),
                   Hosted("sample/three", facts={"namespace": "else"}))

    (listed,) = of(Listed, namespaces(hub).run())

    assert [each.key for each in listed.entries] == ["image:docker.io/sample/one"]
    assert not listed.whole


def test_namespace_when_nobody_has_that_name_then_said_so_and_nothing_withdrawn() -> None:
    (failed,) = of(ListingFailed, namespaces(SmallHub(), "nobody").run())

    assert failed.problem.message == "Docker Hub knows no user and no organisation `nobody`."
    assert failed.problem.mend == "Check the namespace in the settings of the source; nothing was withdrawn."


def test_namespace_when_it_shows_nothing_then_that_is_no_proof() -> None:
    hub = SmallHub(Hosted("sample/one"))
    hub.empty.add("bare")

    (failed,) = of(ListingFailed, namespaces(hub, "bare").run())
    (listed,) = of(Listed, namespaces(hub, "bare", "sample").run())

    assert failed.problem.message == "The namespace `bare` shows no repository."
    assert (len(listed.entries), listed.whole) == (1, False)


def test_namespaces_when_one_of_them_fails_then_the_other_is_read_and_the_run_is_no_whole_one() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("other/two"))
    hub.disturb["/repositories/sample/.page_size"] = Canned(500, b"")

    events = namespaces(hub, "sample", "other").run()

    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    (finished,) = of(Finished, events)
    assert not finished.complete
    assert finished.problem is not None
    assert finished.problem.message == "The server answers 500."


def test_list_when_its_second_page_fails_then_the_first_is_read() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(150)))
    hub.disturb["page=2"] = Canned(200, b"<html>")

    (listed,) = of(Listed, namespaces(hub).run())

    assert (len(listed.entries), listed.whole) == (100, False)


@pytest.mark.parametrize(("following_page", "message"), [
    (f"{HUB}/v2/repositories/sample/?page_size=100", "The list goes on after 1 pages, or in a circle."),
    ("https://hub.docker.com.sample.org/v2/repositories/sample/", ELSEWHERE),
    (f"{HUB}/other", ELSEWHERE),
    ("no address", ELSEWHERE),
])
def test_list_when_its_next_page_cannot_be_right_then_not_asked(following_page: str, message: str) -> None:
    hub = SmallHub(Hosted("sample/one"))
    page = {"count": 1, "next": following_page, "results": [hub.hosted["sample/one"].row()]}
    hub.disturb["/repositories/sample/.page_size"] = Canned(200, json.dumps(page).encode())

    (listed,) = of(Listed, namespaces(hub).run())

    assert listed.problem is not None
    assert listed.problem.message == message
    assert len(listed.entries) == 1


def test_list_when_it_never_ends_then_given_up() -> None:
    hub = SmallHub(Hosted("sample/one"))
    hub.clamp = 1
    hub.hosted |= {f"sample/image-{number}": Hosted(f"sample/image-{number}") for number in range(150)}

    (listed,) = of(Listed, namespaces(hub).run())

    assert listed.problem is not None
    assert listed.problem.message == "The list goes on after 100 pages, or in a circle."


@pytest.mark.parametrize(("body", "looks"), CANNOT_BE_READ)
def test_list_when_it_is_no_list_then_the_listing_failed(body: bytes, looks: str) -> None:
    hub = SmallHub(Hosted("sample/one"))
    runs = namespaces(hub)
    runs.run()
    hub.disturb["/repositories/sample/.page_size"] = Canned(200, body)

    (failed,) = of(ListingFailed, runs.run())

    assert failed.problem.message == f"The answer (200) is {looks}, not what Docker Hub's API promises."


@pytest.mark.parametrize(("body", "looks"), CANNOT_BE_READ)
@pytest.mark.parametrize("where", ["/repositories/sample/one/", "/tags"])
def test_image_when_an_answer_about_it_is_garbled_then_it_alone_failed(body: bytes, looks: str, where: str) -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("other/two"))
    runs = following(hub, "other/two", "sample/one")
    hub.disturb[f"sample.*{where}|{where}$"] = Canned(200, body)

    events = runs.run()

    (failed,) = of(Failed, events)
    assert failed.problem.message == f"The answer (200) is {looks}, not what Docker Hub's API promises."
    assert counted(events)["Fetched"] == 1


def test_image_when_the_list_shows_it_and_it_answers_404_then_failed_and_not_gone() -> None:
    hub = SmallHub(Hosted("sample/one"))
    hub.disturb["/repositories/sample/one/"] = Canned(404, b"{}")

    (failed,) = of(Failed, namespaces(hub).run())

    assert failed.problem.message == "The list of its namespace shows the image, but it does not answer (404)."


def test_images_when_docker_hub_hides_everything_then_the_run_ends_and_nothing_is_gone() -> None:
    names = [f"owner-{number}/one" for number in range(20)]
    hub = SmallHub(*map(Hosted, names))
    runs = following(hub, *names)
    runs.run()
    hub.disturb[""] = Canned(404, b"<html>404</html>")
    hub.requests.clear()

    events = runs.run()

    assert counted(events) == {"Listed": 1, "Failed": 5, "Finished": 1}
    (finished,) = of(Finished, events)
    assert finished.problem is not None
    assert finished.problem.message == (
        "Docker Hub answers 404 to everything, as it does for about a day to whom it blocks."
    )
    assert len(hub.requests) == 11
    hub.disturb.clear()
    assert counted(runs.run())["Unchanged"] == 20


def test_images_when_docker_hub_answers_with_nothing_then_the_run_ends_and_nothing_is_gone() -> None:
    names = [f"owner-{number}/one" for number in range(20)]
    hub = SmallHub(*map(Hosted, names))
    runs = following(hub, *names)
    runs.run()
    hub.disturb[""] = Canned(200, b"")

    events = runs.run()

    assert counted(events) == {"Listed": 1, "Failed": 5, "Finished": 1}
    assert of(Failed, events)[0].problem.message == "The answer is empty."


def test_follow_when_lists_are_empty_all_of_a_sudden_then_each_image_is_asked() -> None:
    hub = SmallHub(*(Hosted(f"sample/image-{number}") for number in range(4)))
    runs = following(hub, *hub.hosted)
    runs.run()
    hub.disturb["/repositories/sample/.page_size"] = Canned(200, b'{"count": 0, "next": null, "results": []}')

    assert counted(runs.run())["Unchanged"] == 4


def test_image_when_it_was_there_and_is_deleted_then_gone_after_a_look_whether_docker_hub_hides_things() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("other/two"))
    runs = following(hub, "sample/one", "other/two")
    runs.run()
    del hub.hosted["sample/one"]
    hub.requests.clear()

    events = runs.run()

    assert [each.entry.key for each in of(Gone, events)] == ["image:docker.io/sample/one"]
    assert len(of(Unchanged, events)) == 1
    assert "/v2/repositories/library/?page_size=1" in hub.paths()


@pytest.mark.parametrize("headers", [
    {"Retry-After": "30"},
    {"X-Retry-After": str(int((START + timedelta(seconds=29)).timestamp()))},
    {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int((START + timedelta(seconds=29)).timestamp()))},
])
def test_limit_when_it_ends_soon_then_waited_for_in_every_dialect(headers: dict[str, str]) -> None:
    hub = SmallHub(Hosted("sample/one"))
    left = [Canned(429, b'{"detail": "Rate limit exceeded"}', headers)]
    answer = hub.answer
    hub.answer = lambda request: left.pop() if left else answer(request)
    runs = namespaces(hub)

    events = runs.run()

    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert runs.clock.slept[0] == pytest.approx(30, abs=1)


def test_limit_when_it_is_long_then_the_source_is_parked_until_then_and_goes_on() -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"))
    runs = namespaces(hub)
    hub.disturb["two"] = Canned(429, b"", {"Retry-After": "3600"})

    events = runs.run()
    hub.disturb.clear()
    runs.clock.advance(3_601)

    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    (finished,) = of(Finished, events)
    assert finished.parked_until == "2026-01-02T04:04:05Z"
    assert kinds(runs.run()) == ["Listed", "Unchanged", "Fetched", "Finished"]


def test_image_when_it_became_private_then_gone() -> None:
    hub = SmallHub(Hosted("sample/one"))
    runs = following(hub, "sample/one")
    assert len(of(Fetched, runs.run())) == 1
    hub.hosted["sample/one"].facts = {"is_private": True}

    assert len(of(Gone, runs.run())) == 1


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just(f"{HUB}/v2/x"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["count", "next", "results", "name", "namespace", "content_types", "is_private", "description",
                         "last_updated", "pull_count", "storage_size", "access_token"]), inner, max_size=6,
    ),
    max_leaves=20,
)


@given(_JSON, st.sampled_from(["", "page_size=100$", "/one/$", "/tags", "auth"]), st.booleans())
def test_answers_when_they_are_any_json_then_the_harvest_ends_as_harvests_do(
    value: object, where: str, follow: bool
) -> None:
    hub = SmallHub(Hosted("sample/one"), Hosted("sample/two"), Hosted("sample/three"))
    hub.disturb[where] = Canned(200, json.dumps(value).encode())
    runs = following(hub, *hub.hosted) if follow else namespaces(hub)

    assert kinds(runs.run(token="user:token"))[-1] == "Finished"
