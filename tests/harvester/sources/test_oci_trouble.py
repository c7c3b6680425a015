"""Registries in trouble: limits, wrong bytes, strange answers; nothing is taken for gone, nothing leaks."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import requests

from harvester.errors import ForbiddenAddress, iso
from harvester.events import Failed, Fetched, Finished, Gone, ListingFailed
from harvester.sources.oci_manifests import fits
from tests.support.answers import Canned
from tests.support.clock import START
from tests.support.oci_runs import Harbour
from tests.support.runs import counted, kinds, of, spent
from tests.support.small_oci import HUB, LOGIN, STORAGE, Host, digest_of, packed

ENOUGH = 5 * 1024 * 1024
SIX_HOURS = START + timedelta(hours=6)


def failures(harbour: Harbour, **options: object) -> list[tuple[str, str, str]]:
    """Stage, kind and message of what failed, with the same entry read well before."""
    found = of(Failed, harbour.runs.run(**options))  # type: ignore[arg-type]
    return [(each.problem.stage, each.problem.kind, each.problem.message) for each in found]


def test_pulls_that_run_out_park_the_source_before_a_refusal_and_it_goes_on_where_it_stopped() -> None:
    harbour = Harbour()
    harbour.hub.pulls_left = 5
    for number in range(4):
        harbour.has(f"sample/{number}").push_index(arches=("amd64",), labels={"number": str(number)})

    first = harbour.runs.run()
    harbour.runs.clock.advance(6 * 3600)
    harbour.hub.pulls_left = 5
    second = harbour.runs.run()

    finished = first[-1]
    assert isinstance(finished, Finished)
    assert counted(first) == {"Listed": 1, "Fetched": 2, "Finished": 1}
    assert not finished.complete
    assert finished.problem is not None
    assert (finished.problem.stage, finished.parked_until) == ("platform", iso(SIX_HOURS))
    assert finished.problem.message == f"The limit of oci (pulls) is used up until {iso(SIX_HOURS)}."
    assert "429" not in spent(first).by_status
    assert counted(second) == {"Listed": 1, "Unchanged": 2, "Fetched": 2, "Finished": 1}
    assert harbour.hub.pulls_left == 5 - 3  # the index that came before the limit is in store


def test_pulls_that_ran_out_do_not_keep_an_unchanged_world_from_being_looked_at() -> None:
    harbour = Harbour()
    harbour.hub.pulls_left = 2
    harbour.has("sample/one").push()
    harbour.has("sample/two").push(labels={"other": "1"})
    harbour.runs.run()

    assert counted(harbour.runs.run()) == {"Listed": 1, "Unchanged": 2, "Finished": 1}
    assert harbour.hub.pulls_left == 0


def test_pulls_that_somebody_else_used_up_park_the_source() -> None:
    harbour = Harbour()
    harbour.hub.pulls_left = 0
    harbour.has("sample/one").push()

    events = harbour.runs.run()

    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (kinds(events), finished.parked_until) == (["Listed", "Finished"], iso(SIX_HOURS))
    assert spent(events).by_status == {"200": 1, "401": 1, "429": 1}


def test_limit_of_another_registry_leaves_its_images_for_later_and_the_rest_is_read() -> None:
    ghcr = Host(realm="https://ghcr.io/token", pulls_left=1)
    harbour = Harbour(hosts={"ghcr.io": ghcr})
    for name in ("one", "two", "three"):
        harbour.has(f"sample/{name}", ghcr).push(labels={"name": name})
    harbour.has("sample/one").push()

    first = harbour.runs.run()
    harbour.registries.requests.clear()
    harbour.runs.clock.advance(3600)
    soon = harbour.runs.run()
    asked_soon = harbour.registries.asked()
    harbour.runs.clock.advance(6 * 3600)
    ghcr.pulls_left = 10
    later = harbour.runs.run()

    assert counted(first) == {"Listed": 1, "Fetched": 2, "Failed": 2, "Finished": 1}
    assert {(each.problem.kind, each.problem.retry_at) for each in of(Failed, first)} == {("parked", iso(SIX_HOURS))}
    assert counted(soon) == {"Listed": 1, "Failed": 3, "Unchanged": 1, "Finished": 1}
    assert [each for each in asked_soon if "ghcr.io" in each] == []
    assert counted(later) == {"Listed": 1, "Fetched": 2, "Unchanged": 2, "Finished": 1}


def test_registry_that_is_silent_is_not_asked_for_each_of_its_images() -> None:
    harbour = Harbour()
    for number in range(4):
        harbour.runs.name("image", f"silent.sample.eu/group/{number}")
    harbour.has("sample/one").push()

    events = harbour.runs.run()

    assert counted(events) == {"Listed": 1, "Failed": 4, "Fetched": 1, "Finished": 1}
    assert [each.problem.message for each in of(Failed, events)][1:] == [
        "silent.sample.eu was not asked again in this run: No answer from the server: Name or service not known."
    ] * 3
    assert len([each for each in harbour.registries.asked() if "silent" in each]) == 1


@pytest.mark.parametrize(("body", "what"), [
    (b"", "empty"), (b"<html>Sign in</html>", "an HTML page"), (b'{"manifests": [', "broken or of another form"),
    (b"[]", "broken or of another form"), (b'{"some": "thing"}', "broken or of another form"),
    ("{\u20ac}".encode("utf-16"), "broken or of another form"), (b"[" * 5_000, "broken or of another form"),
])
def test_manifest_that_is_none_fails_the_image_and_leaves_what_is_known(body: bytes, what: str) -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push()
    first = harbour.runs.run()
    image.push(labels={"new": "1"})
    harbour.registries.disturb[r"GET .*/manifests/"] = Canned(200, body)

    assert failures(harbour) == [
        ("manifest", "unexpected-answer", f"What docker.io sends is {what}, not a manifest.")
    ]
    harbour.registries.disturb.clear()
    again = harbour.runs.run()
    assert of(Fetched, again)[0].revision != of(Fetched, first)[0].revision


def test_manifest_with_another_digest_than_the_registry_says_is_not_believed() -> None:
    harbour = Harbour()
    digest = harbour.has("sample/one").push()
    other = packed({"config": {"digest": digest_of(b"")}, "layers": []})
    headers = {"Docker-Content-Digest": digest}
    harbour.registries.disturb[r"GET .*/manifests/"] = Canned(200, other, headers)

    assert failures(harbour) == [
        ("manifest", "unexpected-answer", f"The manifest that came is not the one with the digest {digest}.")
    ]


def test_platform_and_configuration_with_another_digest_are_not_believed() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push_index(arches=("amd64",))
    (config,) = image.blobs
    harbour.registries.disturb[rf"GET https://{STORAGE}"] = Canned(200, b"{}")

    assert failures(harbour) == [
        ("configuration", "unexpected-answer", f"The registry sends other bytes than those of the digest {config}.")
    ]
    other = packed({"config": {"digest": config}, "layers": []})
    harbour.registries.disturb = {r"manifests/sha256": Canned(200, other)}
    harbour.runs.memory.payloads.clear()
    (told,) = failures(harbour)
    assert told[0] == "platform"
    assert told[2].startswith("The manifest that came is not the one with the digest sha256:")


def test_configuration_that_is_missing_or_too_large_fails_the_image() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push()
    image.blobs.clear()
    assert [each[:2] for each in failures(harbour)] == [("configuration", "unexpected-answer")]

    harbour.registries.disturb[rf"GET https://{STORAGE}"] = Canned(200, b" " * ENOUGH)
    assert failures(harbour) == [("configuration", "too-large", "The answer is larger than 4 MiB.")]


def test_image_that_is_named_by_an_index_and_not_there_fails_and_is_not_gone() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    digest = image.push_index(arches=("amd64",))
    image.manifests = {digest: image.manifests[digest]}

    (told,) = failures(harbour)

    assert told[:2] == ("platform", "unexpected-answer")
    assert told[2].startswith("docker.io/sample/one names sha256:")
    assert told[2].endswith("…, which its registry does not have (404).")


@pytest.mark.parametrize(("status", "body", "kind", "seen"), [
    (401, b"<html>", "refused", "The server of docker.io/sample/one lets nobody in (401)."),
    (403, b"<html>blocked</html>", "refused", "The server of docker.io/sample/one lets nobody in (403)."),
    (403, b'{"errors": [{"code": "POLICY", "message": "not  from\\nhere"}]}', "refused",
     "The registry refuses docker.io/sample/one (403 POLICY: not from here)."),
    (404, b"<html>no such page</html>", "unexpected-answer",
     "The answer about docker.io/sample/one (404) is an HTML page, not what a registry sends."),
    (404, b'{"errors": []}', "unexpected-answer",
     "The answer about docker.io/sample/one (404) is broken or of another form, not what a registry sends."),
    (400, b'{"errors": [{"code": "UNSUPPORTED"}]}', "unexpected-answer",
     "The registry refuses docker.io/sample/one (400 UNSUPPORTED)."),
    (500, b"", "server-error", "The server answers 500."),
])
def test_refusal_that_is_not_about_the_image_is_not_taken_for_its_absence(
    status: int, body: bytes, kind: str, seen: str
) -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    harbour.registries.disturb[r"/manifests/"] = Canned(status, body)

    assert failures(harbour) == [("manifest", kind, seen)]


@pytest.mark.parametrize(("body", "kind"), [
    (b"<html>", "unexpected-answer"), (b"", "unexpected-answer"), (b"[]", "unexpected-answer"),
    (b'{"token": ""}', "unexpected-answer"), (b'{"token": "with\\r\\nline"}', "unexpected-answer"),
    (b'{"token": 7}', "unexpected-answer"), (b" " * ENOUGH, "too-large"),
])
def test_token_service_that_gives_no_token_fails_the_image(body: bytes, kind: str) -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    harbour.registries.disturb["auth.example.org"] = Canned(200, body)

    (told,) = failures(harbour)

    assert told[1] == kind
    assert kind == "too-large" or told[2] == "The token service of docker.io gave no token."


@pytest.mark.parametrize("realm", [
    "http://auth.example.org/token", "/token", "file:///etc/passwd", "https://user:word@auth.example.org/t", "https:///t",
])
def test_realm_that_is_no_encrypted_address_is_not_asked(realm: str) -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    harbour.hub.realm = realm

    (failed,) = of(ListingFailed, harbour.runs.run(token=LOGIN))

    assert failed.problem.message == "docker.io sends us for a token to something that is no encrypted web address."
    assert set(harbour.registries.asked()) == {f"GET {HUB}/v2/"}


def test_challenge_of_a_place_that_the_registry_redirects_to_is_not_taken_up() -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    elsewhere = Canned(401, b"{}", {"WWW-Authenticate": 'Bearer realm="https://thief.example.com/token"'})
    harbour.registries.disturb = {
        rf"GET https://{HUB}/v2/sample": Canned(307, b"", {"Location": "https://thief.example.com/manifest"}),
        r"thief\.example\.com": elsewhere,
    }

    harbour.runs.run(token=LOGIN)

    assert harbour.registries.shown("thief.example.com") == set()
    assert not any("thief.example.com/token" in each for each in harbour.registries.asked())


def test_remembered_manners_that_changed_are_learnt_again() -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    harbour.runs.run()

    outcomes = []
    for manners, realm in (("token", "https://new.example.org/token"), ("open", ""), ("token", "https://c.example.org/t")):
        harbour.hub.manners, harbour.hub.realm = manners, realm or "https://unused.example.org"
        outcomes.append(kinds(harbour.runs.run())[1])

    assert outcomes == ["Unchanged", "Unchanged", "Unchanged"]


@pytest.mark.parametrize(("answer", "seen"), [
    (Canned(404, b"<html>"), "silly.sample.eu is no image registry: it answers 404, an HTML page."),
    (Canned(200, b"<html>"), "silly.sample.eu is no image registry: it answers 200, an HTML page."),
    (Canned(401, b"{}"), "silly.sample.eu is no image registry: it answers 401, broken or of another form."),
    (Canned(403, b""), "The server forbids this (403)."),
    (requests.ConnectionError("refused"), "No answer from the server: refused."),
])
def test_server_that_is_no_registry_is_told_when_the_source_is_tried(answer: Canned | Exception, seen: str) -> None:
    harbour = Harbour(images=["silly.sample.eu/a/b"])
    harbour.registries.disturb["silly"] = answer

    assert [each.problem.message for each in of(ListingFailed, harbour.runs.run())] == [seen]


def test_registry_among_several_that_is_none_fails_its_images_alone_and_is_asked_once() -> None:
    harbour = Harbour(images=["silly.sample.eu/a/b", "silly.sample.eu/a/c", "sample/one"])
    harbour.hub.image("sample/one").push()
    harbour.registries.disturb["silly"] = Canned(404, b"")

    events = harbour.runs.run()

    assert counted(events) == {"Listed": 1, "Failed": 2, "Fetched": 1, "Finished": 1}
    assert len([each for each in harbour.registries.asked() if "silly" in each]) == 1


def test_tags_that_lead_in_a_circle_or_elsewhere_come_to_an_end() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push("1.0")
    for link in ("/v2/sample/one/tags/list?n=1000", "https://elsewhere.example.com/v2/sample/one/tags/list"):
        harbour.registries.requests.clear()
        harbour.registries.disturb["tags/list"] = Canned(200, b'{"tags": ["1.0"]}', {"Link": f'<{link}>; rel="next"'})
        harbour.runs.run(full=True)
        assert len([each for each in harbour.registries.asked() if "tags/list" in each]) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"tags": "many"}', b"[" * 5_000])
def test_list_of_tags_that_is_none_fails_the_image(body: bytes) -> None:
    harbour = Harbour()
    harbour.has("sample/one")
    harbour.registries.disturb["tags/list"] = Canned(200, body)

    assert [each[:2] for each in failures(harbour)] == [("tags", "unexpected-answer")]


def test_private_registry_is_a_state_of_the_entry_and_no_failure_of_the_run() -> None:
    harbour = Harbour()
    harbour.runs.name("image", "registry.sample.eu/a/b")
    told = "registry.sample.eu leads to 10.0.0.7, which is not a public address."
    harbour.registries.disturb["registry.sample.eu"] = ForbiddenAddress(told)

    assert failures(harbour) == [
        ("entry", "other-server", f"The registry registry.sample.eu is not open to the public. {told}")
    ]


def test_signed_manifest_of_schema_1_has_the_digest_of_what_was_signed() -> None:
    signed = b'{\n   "schemaVersion": 1,\n   "name": "sample/one",\n   "fsLayers": []'
    protected = {"formatLength": len(signed), "formatTail": base64.urlsafe_b64encode(b"\n}").decode().rstrip("=")}
    signature = {"protected": base64.urlsafe_b64encode(packed(protected)).decode().rstrip("="), "signature": "x"}
    body = signed + b',\n   "signatures": ' + packed([signature]) + b"\n}"
    digest = digest_of(signed + b"\n}")
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.tags["latest"], image.manifests[digest] = digest, body

    first, second = harbour.runs.run(), harbour.runs.run()

    (fetched,) = of(Fetched, first)
    assert ([each.path for each in fetched.documents], fetched.revision) == (["api:oci-image"], digest)
    assert kinds(second) == ["Listed", "Unchanged", "Finished"]
    assert not fits(body.replace(b"sample", b"simple"), digest)


def test_gone_in_trouble_is_told_only_when_the_registry_says_so() -> None:
    harbour = Harbour()
    harbour.has("sample/one").push()
    for answer in (Canned(429, b""), Canned(503, b"", {"Retry-After": "9000"}), requests.Timeout(), Canned(302, b"")):
        harbour.registries.disturb["/manifests/"] = answer
        assert of(Gone, harbour.runs.run()) == []


def test_registry_that_hides_everything_is_asked_again_at_the_next_run() -> None:
    harbour = Harbour()
    images = {name: harbour.has(f"sample/{name}") for name in ("one", "two")}
    for name, image in images.items():
        image.push(labels={"name": name})
    hidden, harbour.hub.images = harbour.hub.images, {}

    ill = harbour.runs.run()
    harbour.hub.images = hidden
    well = harbour.runs.run()

    assert (counted(ill)["Gone"], counted(well)["Fetched"]) == (2, 2)


def test_tag_that_is_listed_and_not_given_is_no_missing_tag() -> None:
    harbour = Harbour()
    image = harbour.has("sample/one")
    image.push()
    image.manifests.clear()

    assert failures(harbour) == [(
        "entry", "unexpected-answer",
        "The registry lists the tag latest of docker.io/sample/one and does not have its manifest.",
    )]
