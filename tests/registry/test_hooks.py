"""What a webhook's message is about, and which sources are due because of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from registry.due import due_sources, outlook
from registry.hook_payloads import HOOKS
from registry.hooks import REMEMBERED, Received, receive
from registry.services import Services
from registry.source_rows import require_source
from registry.sources import disable, import_sources
from registry.standing import pause, run_now
from registry.work_tables import hook_delivery
from tests.support.clock import HandClock
from tests.support.small_catalogue import METADATA, NAMES, small_catalogue
from tests.support.small_registry import small_registry
from tests.support.store import fetched, harvested, metadata_of

GITHUB, DOCKERHUB, ZENODO = HOOKS["github"], HOOKS["dockerhub"], HOOKS["zenodo"]


def a_push(full_name: str = "A/One", **keys: Any) -> dict[str, Any]:
    return {"ref": "refs/heads/main", "repository": {
        "full_name": full_name, "html_url": f"https://github.com/{full_name}",
    }} | keys


@pytest.mark.parametrize(
    ("hook", "form", "keys", "words"),
    [
        (GITHUB, a_push(), {"github.com/a/one"}, {"a/one", "a", "https://github.com/a/one"}),
        (
            GITHUB, a_push("a/new", action="renamed", changes={"repository": {"name": {"from": "old"}}}),
            {"github.com/a/new", "github.com/a/old"}, {"a/new", "a/old", "a"},
        ),
        (
            GITHUB, a_push("b/one", changes={"owner": {"from": {"organization": {"login": "a"}}}}),
            {"github.com/b/one", "github.com/a/one"}, {"a", "b", "a/one"},
        ),
        (
            GITHUB, {"repository": {"full_name": "A/One", "html_url": "https://git.sample.org/A/One"}},
            set(), {"a/one", "https://git.sample.org/a/one", "https://git.sample.org/a/one.git"},
        ),
        (GITHUB, {"repository": {"full_name": "A/One"}}, {"github.com/a/one"}, {"a/one"}),
        (
            DOCKERHUB, {"push_data": {"tag": "gpu"}, "repository": {"repo_name": "Ahub/fish", "namespace": "ahub"}},
            {"image:docker.io/ahub/fish"}, {"ahub", "ahub/fish", "docker.io/ahub/fish"},
        ),
        (
            ZENODO, {"id": 12, "conceptrecid": "11", "doi": "10.5281/zenodo.12", "metadata": {
                "communities": [{"identifier": "Fish"}],
            }},
            {"doi:10.5281/zenodo.12", "doi:10.5281/zenodo.11", "zenodo:11"}, {"fish", "10.5281/zenodo.11"},
        ),
        (
            ZENODO, {"record": {"id": "12", "parent": {"id": "11", "communities": {"entries": [{"slug": "fish"}]}},
                                "pids": {"doi": {"identifier": "10.17605/Own"}}}},
            {"doi:10.17605/own", "doi:10.5281/zenodo.11"}, {"fish", "10.17605/own"},
        ),
    ],
)
def test_message_when_read_then_what_it_is_about(hook: Any, form: Any, keys: set[str], words: set[str]) -> None:
    found = hook.read(form)
    assert keys <= found.keys
    assert words <= found.words


_NAMES = (
    "repository", "full_name", "html_url", "changes", "owner", "from", "name", "id", "doi", "parent", "metadata",
    "communities", "entries", "pids", "identifier", "repo_name", "record", "user", "related_identifiers",
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(_NAMES), inner, max_size=5,
    ),
    max_leaves=25,
)


@given(form=st.dictionaries(st.sampled_from(["repository", "changes", "record", "id", "metadata", "parent"]), _VALUES))
def test_message_when_anything_then_read_without_trouble(form: dict[str, Any]) -> None:
    for hook in HOOKS.values():
        subject = hook.read(form)
        assert all(isinstance(each, str) and each for each in subject.keys | subject.words | subject.related)


@pytest.fixture
def harvest_of(services: Services) -> Services:
    """`hub` lists a/one and b/two, `old` lists a/one; both were harvested, so that neither is due."""
    harvested(services, "hub", fetched("a/one", "One"), fetched("b/two", "Two", line=2))
    harvested(services, "old", fetched("a/one", "One"))
    _clock(services).advance(120)
    assert due_sources(services) == []
    return services


def _clock(services: Services) -> HandClock:
    assert isinstance(services.clock, HandClock)
    return services.clock


def test_push_when_a_source_lists_the_repository_then_it_is_due(harvest_of: Services) -> None:
    services = harvest_of
    told = receive(services, GITHUB, "push", a_push("b/Two"), "d1")
    assert told == Received("push", "github.com/b/two", ("hub",))
    assert told.as_json() == {"event": "push", "subject": "github.com/b/two", "sources": ["hub"]}
    assert due_sources(services) == ["hub"]
    assert outlook(services, "hub").next.trigger == "webhook github push"
    harvested(services, "hub", fetched("b/two", "Two"))
    assert due_sources(services) == []


def test_push_when_it_is_delivered_again_then_nothing(harvest_of: Services) -> None:
    services = harvest_of
    receive(services, GITHUB, "push", a_push(), "d1")
    harvested(services, "hub", fetched("a/one", "One"))
    harvested(services, "old", fetched("a/one", "One"))
    told = receive(services, GITHUB, "push", a_push(), "d1")
    assert told.as_json() == {"event": "push", "subject": "github.com/a/one", "sources": [], "repeated": True}
    assert require_source(services.database, "hub").wanted is None
    _clock(services).advance((REMEMBERED + timedelta(seconds=1)).total_seconds())
    assert receive(services, GITHUB, "push", a_push(), "d2").sources == ("hub", "old")
    with services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(hook_delivery)) == 1


@pytest.mark.parametrize(
    ("event", "form", "sources"),
    [
        ("push", a_push("lists/HUB"), ("hub",)),  # the catalogue's own repository is no entry of it
        ("push", a_push("nobody/knows"), ()),
        ("push", {}, ()),
        ("star", a_push(), ()),
        ("ping", {"zen": "Design for failure."}, ()),
        ("repository", a_push("a/moved", changes={"repository": {"name": {"from": "one"}}}), ("hub", "old")),
        ("release", a_push(), ("hub", "old")),
        ("create", a_push(), ("hub", "old")),
        ("delete", a_push(), ("hub", "old")),
    ],
)
def test_event_when_received_then_these_sources(
    harvest_of: Services, event: str, form: dict[str, Any], sources: tuple[str, ...]
) -> None:
    assert receive(harvest_of, GITHUB, event, form).sources == sources
    assert due_sources(harvest_of) == list(sources)


OTHERS = """
[[source]]
name = "everything-of-a"
kind = "github"
organisation = "A"

[[source]]
name = "by-git"
kind = "git"
repositories = ["https://github.com/a/one"]

[[source]]
name = "images"
kind = "dockerhub"
namespaces = ["a"]

[[source]]
name = "community"
kind = "zenodo"
communities = ["fish"]

[[source]]
name = "what-modules-name"
kind = "zenodo"
follow = true
"""


def test_message_when_settings_name_its_thing_then_the_sources_of_its_kinds(harvest_of: Services) -> None:
    import_sources(harvest_of.database, OTHERS)
    assert receive(harvest_of, GITHUB, "push", a_push("a/unseen")).sources == ("everything-of-a",)
    assert receive(harvest_of, GITHUB, "push", a_push("a/one")).sources == ("hub", "old", "everything-of-a", "by-git")
    image = {"repository": {"repo_name": "a/fish", "namespace": "a"}}
    assert receive(harvest_of, DOCKERHUB, "push", image).sources == ("images",)
    record = {"id": 5, "metadata": {"communities": [{"id": "fish"}]}}
    assert receive(harvest_of, ZENODO, "record", record).sources == ("community",)
    record = {"id": 6, "metadata": {"related_identifiers": [{"identifier": "https://github.com/A/One/tree/v1"}]}}
    assert receive(harvest_of, ZENODO, "record", record).sources == ("what-modules-name",)


def test_push_when_the_source_is_switched_off_or_paused_or_wanted_by_a_person_then_that_stands(
    harvest_of: Services,
) -> None:
    services, now = harvest_of, harvest_of.clock.now()
    disable(services.database, "old")
    pause(services.database, "hub", now, now + timedelta(hours=1))
    assert receive(services, GITHUB, "push", a_push()).sources == ("hub",)
    assert due_sources(services) == []
    _clock(services).advance(3600)
    assert due_sources(services) == ["hub"]
    run_now(services.database, "hub", now, "admin")
    receive(services, GITHUB, "push", a_push())
    assert require_source(services.database, "hub").wanted_by == "person admin"


def test_push_when_one_file_of_one_module_moved_then_the_harvest_reads_that_alone(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        registry.harvest()
        _clock(services).advance(3600)
        standin.change("c/reef", METADATA, metadata_of("Coral reefs from above"))
        assert receive(services, GITHUB, "push", a_push("C/Reef")).sources == ("hub",)
        standin.requests.clear()
        run, _ = registry.harvest()
        assert (run.counts["fetched"], run.counts["unchanged"], run.counts["updated"]) == (1, len(NAMES) - 1, 1)
        asked = [row.target for row in standin.requests if row.charged]
        assert asked
        assert all("/repos/c/reef" in target for target in asked)
