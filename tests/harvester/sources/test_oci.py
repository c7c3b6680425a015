"""Images at registries: what is asked, what is not asked again, and to whom a credential is shown."""

from __future__ import annotations

import base64

import pytest

from harvester.events import Fetched, Gone, Listed, ListingFailed, Unchanged
from harvester.memory import Named
from harvester.sources.oci_images import newest_tag
from tests.support.oci_runs import Harbour
from tests.support.runs import counted, kinds, of, spent
from tests.support.small_oci import HUB, LOGIN, STORAGE, Host, digest_of

BASIC = f"Basic {base64.b64encode(LOGIN.encode()).decode()}"


def bodies(fetched: Fetched) -> dict[str, bytes]:
    return {each.path: each.body for each in fetched.documents}


def test_image_of_one_platform_costs_one_pull_and_its_configuration_comes_from_elsewhere_without_the_token() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    digest = image.push(labels={"version": "1"})

    events = harbour.runs.run()

    (fetched,) = of(Fetched, events)
    (config,) = image.blobs
    assert harbour.registries.asked() == [
        f"GET {HUB}/v2/",
        "GET auth.example.org/token?service=registry%20of%20a%2C%20b&scope=repository:sample/one:pull",
        f"GET {HUB}/v2/sample/one/manifests/latest",
        f"GET {HUB}/v2/sample/one/blobs/{config}",
        f"GET {STORAGE}/{config}",
    ]
    assert harbour.registries.shown(STORAGE) == set()
    assert harbour.registries.shown(f"{HUB}/v2/sample") == {"Bearer pass-0"}
    assert (fetched.key, fetched.url) == ("image:docker.io/sample/one", "https://hub.docker.com/r/sample/one")
    assert fetched.revision == digest
    assert bodies(fetched) == {"api:oci-image": image.manifests[digest], "api:oci-image-config": image.blobs[config]}
    assert fetched.documents[0].url == f"https://{HUB}/v2/sample/one/manifests/latest"
    accepted = harbour.registries.requests[2].headers["Accept"]
    assert [each.rsplit(".", 1)[0] for each in accepted.split(", ")] == [
        "application/vnd.oci.image.index", "application/vnd.docker.distribution.manifest.list",
        "application/vnd.oci.image.manifest", "application/vnd.docker.distribution.manifest",
    ]


def test_image_of_many_platforms_is_read_where_most_people_run_it_and_attestations_are_passed_over() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push_index(arches=("arm64", "amd64", "s390x"))

    (fetched,) = of(Fetched, harbour.runs.run())

    found = bodies(fetched)
    assert list(found) == ["api:oci-image", "api:oci-image-platform", "api:oci-image-config"]
    assert b'"architecture":"amd64"' in found["api:oci-image-config"]
    pulled = [each for each in harbour.registries.asked() if "/manifests/" in each]
    assert len(pulled) == 2


def test_unchanged_image_is_looked_at_and_not_pulled() -> None:
    harbour = Harbour()
    for name in ("one", "two"):
        harbour.has(f"sample/{name}").push_index(labels={"name": name})
    first = harbour.runs.run()
    harbour.registries.requests.clear()

    second = harbour.runs.run()

    assert counted(second) == {"Listed": 1, "Unchanged": 2, "Finished": 1}
    assert [each for each in harbour.registries.asked() if "/token" not in each] == [
        f"HEAD {HUB}/v2/sample/one/manifests/latest", f"HEAD {HUB}/v2/sample/two/manifests/latest",
    ]
    assert (spent(first).sent, spent(second).sent, spent(second).not_modified) == (10, 3, 2)


def test_moved_image_is_pulled_and_what_it_still_consists_of_is_not() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push_index(arches=("amd64",))
    harbour.runs.run()
    harbour.registries.requests.clear()
    moved = image.push_index(arches=("amd64", "arm64"))

    (fetched,) = of(Fetched, harbour.runs.run())

    assert fetched.revision == moved
    assert [each for each in harbour.registries.asked() if "/token" not in each] == [
        f"HEAD {HUB}/v2/sample/one/manifests/latest", f"GET {HUB}/v2/sample/one/manifests/latest",
    ]


def test_registry_without_conditional_answers_is_compared_by_digest() -> None:
    harbour = Harbour(hosts={"ghcr.io": (ghcr := Host(knows_etags=False, realm="https://ghcr.io/token"))})
    harbour.has("sample/one", ghcr).push()
    harbour.runs.run()

    second = harbour.runs.run()

    assert kinds(second) == ["Listed", "Unchanged", "Finished"]
    assert spent(second).by_status == {"200": 2}


def test_full_harvest_reads_everything_anew_and_pulls_nothing_that_is_in_store() -> None:
    harbour = Harbour()
    harbour.has("sample/one").push_index()
    first = harbour.runs.run()
    harbour.registries.requests.clear()

    again = harbour.runs.run(full=True)

    assert of(Fetched, again) == of(Fetched, first)
    assert [each.split()[0] for each in harbour.registries.asked() if "/v2/" in each] == ["HEAD"]


def test_one_token_is_asked_for_many_images() -> None:
    harbour = Harbour()
    for number in range(90):
        harbour.has(f"sample/image-{number:02}").push()

    events = harbour.runs.run()

    tokens = [each for each in harbour.registries.asked() if "/token" in each]
    assert counted(events)["Fetched"] == 90
    assert [each.count("scope=") for each in tokens] == [40, 40, 10]
    assert max(map(len, tokens)) < 4_000


def test_token_service_that_gives_single_tokens_only_is_asked_so_at_once_the_next_time() -> None:
    ghcr = Host(one_scope=True, realm="https://ghcr.io/token")
    harbour = Harbour(hosts={"ghcr.io": ghcr})
    for name in ("one", "two"):
        harbour.has(f"sample/{name}", ghcr).push()

    def scopes() -> list[int]:
        asked = [each.count("scope=") for each in harbour.registries.asked() if "/token" in each]
        harbour.registries.requests.clear()
        return asked

    first, of_first = harbour.runs.run(), scopes()
    second, of_second = harbour.runs.run(), scopes()

    assert (counted(first)["Fetched"], counted(second)["Unchanged"]) == (2, 2)
    assert (of_first, of_second) == ([2, 1, 1], [1, 1])


@pytest.mark.parametrize("life_s", [None, 30])
def test_token_that_grows_old_is_replaced_before_it_is_refused(life_s: int | None) -> None:
    harbour = Harbour()
    harbour.hub.life_s = life_s
    for number in range(3):
        harbour.has(f"sample/{number}").push(labels={"number": str(number)})
    stream = harbour.runs.stream()
    for _ in range(2):
        next(stream)

    harbour.runs.clock.advance(60)
    rest = list(stream)

    assert counted(rest)["Fetched"] == 2
    assert spent(rest).by_status == {"200": 2 + 2 * 3, "307": 3, "401": 1}


def test_token_that_is_refused_before_its_time_is_replaced() -> None:
    harbour = Harbour()
    for number in range(3):
        harbour.has(f"sample/{number}").push(labels={"number": str(number)})
    stream = harbour.runs.stream()
    for _ in range(2):
        next(stream)

    harbour.registries.forget_passes()
    rest = list(stream)

    assert counted(rest)["Fetched"] == 2
    assert spent(rest).by_status["401"] == 2


@pytest.mark.parametrize("manners", ["open", "basic"])
def test_registry_of_other_manners_is_asked_as_it_wants(manners: str) -> None:
    host = Host(manners=manners)
    harbour = Harbour(hosts={"harbor.sample.eu": host}, images=["harbor.sample.eu/group/sub/one"])
    host.image("group/sub/one").push()

    first = harbour.runs.run(token=LOGIN)
    second = harbour.runs.run(token=LOGIN)

    assert kinds(first) == ["Listed", "Fetched", "Finished"]
    assert kinds(second) == ["Listed", "Unchanged", "Finished"]
    assert harbour.registries.shown("/group/sub/one/") == ({BASIC} if manners == "basic" else set())
    assert harbour.registries.shown(STORAGE) == set()
    assert spent(second).not_modified == 1


def test_credential_is_shown_to_the_token_service_of_the_home_registry_and_to_nobody_else() -> None:
    ghcr = Host(realm="https://ghcr.io/token")
    harbour = Harbour(hosts={"ghcr.io": ghcr})
    harbour.has("sample/one").push()
    harbour.has("sample/one", ghcr).push()

    events = harbour.runs.run(token=LOGIN)

    assert counted(events)["Fetched"] == 2
    assert harbour.registries.shown("auth.example.org") == {BASIC}
    assert harbour.registries.shown("ghcr.io/token") == set()
    assert all(each.startswith("Bearer pass-") for each in harbour.registries.shown("/v2/"))


def test_private_image_is_read_with_a_credential() -> None:
    harbour = Harbour()
    harbour.hub.private.add("sample/one")
    harbour.has("sample/one").push()

    without, with_one = harbour.runs.run(), harbour.runs.run(token=LOGIN, full=True)

    assert kinds(without) == ["Listed", "Gone", "Finished"]
    assert kinds(with_one) == ["Listed", "Fetched", "Finished"]


@pytest.mark.parametrize(("hidden", "one_scope"), [(404, False), (401, False), (403, True)])
def test_image_that_is_not_public_is_gone_for_now_and_asked_for_once_a_day(hidden: int, one_scope: bool) -> None:
    harbour = Harbour()
    harbour.hub.hidden, harbour.hub.one_scope = hidden, one_scope
    harbour.has("sample/here").push()
    harbour.runs.name("image", "docker.io/sample/missing")

    first, second = harbour.runs.run(), harbour.runs.run()
    harbour.hub.image("sample/missing").push()
    same_day = harbour.runs.run()
    harbour.runs.clock.advance(86_400)
    next_day = harbour.runs.run()

    (gone,) = of(Gone, first)
    assert gone.reason == f"The image docker.io/sample/missing does not exist, or is not public ({hidden})."
    assert (gone.status, gone.final) == (hidden, False)
    assert of(Gone, second) == [gone]
    assert [each for each in harbour.registries.asked() if "missing/manifests" in each][-1].startswith("GET")
    assert counted(same_day) == {"Listed": 1, "Unchanged": 1, "Gone": 1, "Finished": 1}
    assert counted(next_day) == {"Listed": 1, "Unchanged": 1, "Fetched": 1, "Finished": 1}


def test_image_that_was_there_is_asked_for_at_every_run() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push()
    harbour.runs.run()

    del harbour.hub.images["sample/one"]
    gone = harbour.runs.run()
    harbour.hub.images["sample/one"] = image
    back = harbour.runs.run()

    assert (kinds(gone)[1], kinds(back)[1]) == ("Gone", "Unchanged")


def test_tag_that_a_module_names_is_read_and_the_one_that_most_name() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push("latest")
    wanted = image.push("1.2", labels={"version": "1.2"})
    harbour.runs.memory.names["image-tag"] = [
        Named("docker.io/sample/one:1.2", "own", ("github.com/sample/module",)),
        Named("docker.io/sample/one:9", "own", ("image:docker.io/sample/one",)),
    ]

    (fetched,) = of(Fetched, harbour.runs.run())

    assert fetched.revision == wanted


def test_digest_that_a_module_names_is_never_looked_at_again() -> None:
    harbour = Harbour()
    digest = harbour.has("sample/one").push()
    harbour.runs.memory.names["image-tag"] = [
        Named(f"docker.io/sample/one@{digest}", "own", ("github.com/sample/module",))
    ]
    harbour.runs.run()

    second = harbour.runs.run()

    assert kinds(second) == ["Listed", "Unchanged", "Finished"]
    assert spent(second).sent == 0


def test_tag_that_is_missing_gives_way_to_the_newest_one_and_that_is_told() -> None:
    harbour = Harbour()
    harbour.hub.page = 2
    image = harbour.has("sample/one")
    for tag in ("1.2-gpu", "1.10", "1.9", "dev"):
        image.push(tag, labels={"version": tag})

    first, second = harbour.runs.run(), harbour.runs.run()

    (fetched,) = of(Fetched, first)
    assert fetched.revision == image.tags["1.10"]
    (told,) = fetched.findings
    assert (told.code, told.found, told.expected) == ("image-tag-missing", "latest", "1.10")
    assert told.message == "The image docker.io/sample/one has no `latest`; `1.10` was read."
    assert len([each for each in harbour.registries.asked() if "/tags/list" in each]) == 2
    assert kinds(second) == ["Listed", "Unchanged", "Finished"]
    assert spent(second).by_status == {"200": 1, "304": 1}


def test_image_without_any_tag_is_gone() -> None:
    harbour = Harbour()
    harbour.has("sample/one")

    (gone,) = of(Gone, harbour.runs.run())

    assert gone.reason == "The image docker.io/sample/one has no tag latest and no other one."


@pytest.mark.parametrize(("tags", "newest"), [
    (["dev", "1.9", "1.10", "1.2-gpu"], "1.10"), (["1.2-gpu", "1.10-gpu", "dev"], "1.10-gpu"),
    (["feature", "main"], "main"), (["cpu", "gpu"], "gpu"), (["3", "latest"], "latest"), ([], None),
])
def test_newest_tag_is_the_one_that_somebody_would_take(tags: list[str], newest: str | None) -> None:
    assert newest_tag(tags) == newest == newest_tag(reversed(tags))


def test_images_that_modules_name_are_satellites_and_those_of_the_settings_are_not() -> None:
    harbour = Harbour(follow=True, registries=["index.docker.io"], images=["docker://sample/own:2"])
    harbour.hub.image("sample/own").push("2")
    harbour.has("sample/named").push()
    harbour.runs.name("image", "docker.io/sample/named", by="github.com/sample/another", role="weights")
    harbour.runs.name("image", "quay.io/sample/elsewhere")

    (listed,) = of(Listed, harbour.runs.run())

    assert [(each.key, each.listing.named_by, each.listing.roles) for each in listed.entries] == [
        ("image:docker.io/sample/named", ("github.com/sample/another", "github.com/sample/module"), ("own", "weights")),
        ("image:docker.io/sample/own", (), ()),
    ]


@pytest.mark.parametrize(("token", "seen"), [
    ("sample-user:wrong", "docker.io does not accept the user and token of this source (401)."),
    ("only-a-token", "The credential of this source is not of the form `user:token`."),
])
def test_credential_that_is_not_accepted_is_told_before_anything_is_asked(token: str, seen: str) -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()

    failed = of(ListingFailed, harbour.runs.run(token=token))

    assert [each.problem.message for each in failed] == [seen]
    assert token not in str(failed)
    assert digest_of(b"") not in harbour.registries.asked()


def test_credential_is_tried_though_nothing_is_listed_yet() -> None:
    harbour = Harbour()

    events = harbour.runs.run(token="sample-user:wrong")

    assert [each.problem.kind for each in of(ListingFailed, events)] == ["refused"]


def test_unchanged_is_told_for_an_entry_once() -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    harbour.runs.run()

    (unchanged,) = of(Unchanged, harbour.runs.run())

    assert (unchanged.key, unchanged.counters) == ("image:docker.io/sample/one", {})
