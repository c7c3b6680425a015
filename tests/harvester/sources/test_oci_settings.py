"""What an `oci` source may be set to, and at which registry it is at home."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from harvester.addresses import open_session
from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import ListingFailed
from harvester.harvest import harvest
from harvester.sources.oci import OCI, OciSettings
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from tests.support.oci_runs import Harbour
from tests.support.runs import kinds, of
from tests.support.small_oci import HUB, Host


@pytest.mark.parametrize(("settings", "home"), [
    ({"follow": True}, "docker.io"),
    ({"follow": True, "registries": ["ghcr.io", "docker.io"]}, "ghcr.io"),
    ({"images": ["quay.io/a/b"]}, "quay.io"),
    ({"follow": True, "images": ["quay.io/a/b"]}, "docker.io"),
])
def test_home_is_the_registry_that_is_named_first(settings: dict[str, object], home: str) -> None:
    found = OciSettings.model_validate(settings)
    base = "https://registry-1.docker.io" if home == "docker.io" else f"https://{home}"
    assert (found.home, OCI.home(Endpoints(), found), OCI.follows(found)) == (home, base, found.follow)


@pytest.mark.parametrize(("settings", "seen"), [
    ({}, "Value error, give `follow = true`, or `images`"),
    ({"images": ["a/b"], "registries": ["ghcr.io"]},
     "Value error, `registries` says which images are followed: give `follow = true` too"),
    ({"follow": True, "registries": ["https://ghcr.io/x"]},
     "Value error, `https://ghcr.io/x` is no host of a registry, such as `ghcr.io`"),
    ({"follow": True, "registries": ["github.com"]},
     "Value error, `github.com` is no host of a registry, such as `ghcr.io`"),
    ({"images": ["not an image"]}, "Value error, `not an image` is no image, such as `ghcr.io/owner/name`"),
    ({"follow": True, "namespaces": ["x"]}, "Extra inputs are not permitted"),
])
def test_settings_that_mean_nothing_are_refused_in_a_sentence(settings: dict[str, object], seen: str) -> None:
    with pytest.raises(ValidationError) as caught:
        OciSettings.model_validate(settings)
    assert [each["msg"] for each in caught.value.errors()] == [seen]


def test_registry_without_images_is_left_alone_unless_the_source_is_at_home_there() -> None:
    hosts = {"ghcr.io": Host(realm="https://ghcr.io/token"), "quay.io": Host(realm="https://quay.io/v2/auth")}
    harbour = Harbour(hosts=hosts, follow=True, registries=["quay.io", "docker.io", "ghcr.io"])
    harbour.has("sample/one").push()

    events = harbour.runs.run()

    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert harbour.registries.asked()[:2] == ["GET quay.io/v2/", f"GET {HUB}/v2/"]
    assert not any("ghcr.io" in each for each in harbour.registries.asked())


def test_registry_that_is_written_wrongly_is_told_before_anything_is_named() -> None:
    harbour = Harbour(follow=True, registries=["docker.oi"])

    (failed,) = of(ListingFailed, harbour.runs.run())

    assert failed.problem.message == "No answer from the server: Name or service not known."


def test_registry_on_a_private_address_is_refused_unless_the_operator_named_it() -> None:
    clock, memory, endpoints = HandClock(), DictMemory(), Endpoints()
    settings = {"images": ["127.0.0.1:5000/sample/one"]}
    with open_session(endpoints) as session:
        client = Client(session, memory, endpoints, clock, contact="us@example.org", limits=Limits(tries=1))
        events = list(harvest("src", "oci", settings, endpoints, client, memory, clock))

    (failed,) = of(ListingFailed, events)
    assert failed.problem.kind == "forbidden-address"
    assert failed.problem.message == "127.0.0.1 leads to 127.0.0.1, which is not a public address."
