"""Repositories, listings, servers and settings that are not as they should be."""

from __future__ import annotations

import json

import pytest

from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.errors import WrongSettings
from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed, Unchanged
from harvester.harvest import harvest
from harvester.sources import SOURCES
from tests.support.answers import Canned, session_of
from tests.support.clock import HandClock
from tests.support.harvests import META, World, catalogue, cost, finding_codes, kinds, of
from tests.support.memory import DictMemory
from tests.support.small_github import Repo, SmallGithub

# Nothing that the blobs of META would give back without asking.
OTHER = {"ai4-metadata.yml": b"title: Two\n", "README.md": b"# Two\n"}

# Single entries that are not as they should be


def test_missing_repository_is_gone_each_time_and_asked_again_when_its_owner_shows_other_names() -> None:
    world = World(catalogue("mods/one", "mods/gone"), Repo("mods/one", META))
    first, second = world.run(), world.run()
    assert of(Gone, first) == of(Gone, second)
    assert of(Gone, first)[0].reason == "The repository does not exist, or is not public (404)."
    assert cost(second)[1] == 0
    world.github.repos["mods/gone"] = Repo("mods/gone", META)
    assert kinds(world.run()) == ["Listed", "Unchanged", "Fetched", "Finished"]


def test_missing_repository_of_a_missing_owner_is_gone_and_costs_one_request() -> None:
    world = World(catalogue("mods/one", "nobody/gone"), Repo("mods/one", META))
    assert kinds(world.run()) == ["Listed", "Fetched", "Gone", "Finished"]
    second = world.run()
    assert kinds(second) == ["Listed", "Unchanged", "Gone", "Finished"]
    assert cost(second)[1] == 1


def test_passing_404_does_not_make_a_repository_gone() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", META))
    world.github.disturb[r"/repos/mods/one$"] = Canned(404)
    assert kinds(world.run()) == ["Listed", "Fetched", "Finished"]


def test_private_repository_that_the_token_can_see_is_gone() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", META, private=True))
    assert of(Gone, world.run())[0].reason == "The repository is not public any more."


def test_renamed_repository_is_read_under_its_new_name_and_then_found_by_it() -> None:
    world = World(catalogue("mods/old"), Repo("mods/New", META))
    world.github.moved["mods/old"] = "mods/New"
    fetched = of(Fetched, world.run())[0]
    assert (fetched.key, fetched.url) == ("github.com/mods/new", "https://github.com/mods/New")
    assert fetched.previous_keys == ("github.com/mods/old",)
    assert [(f.code, f.line, f.expected) for f in fetched.findings] == [
        ("repository-renamed", 3, "`https://github.com/mods/New`")
    ]
    again = world.run()
    assert kinds(again) == ["Listed", "Unchanged", "Finished"]
    assert of(Unchanged, again)[0].key == "github.com/mods/new"
    assert "/repos/mods/old" not in world.github.paths()


def test_empty_repository_fails_and_is_not_asked_again_until_something_is_pushed() -> None:
    empty = Repo("mods/empty")
    world = World(catalogue("mods/empty", "mods/one"), empty, Repo("mods/one", META))
    first, second = world.run(), world.run()
    assert kinds(first) == ["Listed", "Failed", "Fetched", "Finished"]
    problem = of(Failed, first)[0].problem
    assert (problem.kind, problem.stage, problem.message) == ("empty-repository", "commits", "The repository is empty.")
    assert kinds(second) == ["Listed", "Failed", "Unchanged", "Finished"]
    assert cost(second)[1] == 0
    empty.push(README__md=b"now")
    assert kinds(world.run()) == ["Listed", "Fetched", "Unchanged", "Finished"]


def test_repository_without_metadata_is_read_with_a_finding() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", {"README.md": b"x"}))
    assert finding_codes(world.run()) == ["no-metadata"]


def test_declared_branch_is_read_when_it_exists() -> None:
    one = Repo("mods/one", META, branches={"v2": {"metadata.json": b"{}"}})
    fetched = of(Fetched, World(catalogue("mods/one", branch="v2"), one).run())[0]
    assert [document.path for document in fetched.documents][4:] == ["metadata.json"]
    assert fetched.findings == ()


def test_declared_branch_that_does_not_exist_gives_the_default_one_and_a_finding() -> None:
    one = Repo("mods/one", META, branch="trunk")
    fetched = of(Fetched, World(catalogue("mods/one", branch="main"), one).run())[0]
    assert fetched.documents[-1].path == "ai4-metadata.yml"
    assert [(f.code, f.line, f.message) for f in fetched.findings] == [
        ("branch-missing", 3, "The catalogue names the branch 'main', which does not exist; 'trunk' was read.")
    ]


def test_huge_file_is_not_asked_for_and_is_a_finding() -> None:
    one = Repo("mods/one", {**META, "LICENSE": b"big"}, sizes={"LICENSE": 314_572_800})
    events = World(catalogue("mods/one"), one).run()
    fetched = of(Fetched, events)[0]
    assert "LICENSE" not in [document.path for document in fetched.documents]
    assert [(f.code, f.file, f.message, f.expected) for f in fetched.findings] == [
        ("document-too-large", "LICENSE", "LICENSE is too large to be read (300.0 MiB).", "1 MiB")
    ]


def test_tree_too_large_to_be_sent_whole_is_read_at_its_root() -> None:
    one = Repo("mods/one", {"a": b"1", **META, "deep/b": b"2"}, truncated=True)
    fetched = of(Fetched, World(catalogue("mods/one"), one).run())[0]
    assert [document.path for document in fetched.documents][4:] == ["README.md", "ai4-metadata.yml"]
    assert [f.code for f in fetched.findings] == ["tree-truncated"]


def test_file_whose_bytes_have_another_id_is_read_but_not_remembered_by_it() -> None:
    one = Repo("mods/one", META)
    world = World(catalogue("mods/one"), one)
    world.run()
    sha = next(sha for sha, kept in world.memory.blobs.items() if world.memory.payloads[kept] == b"# One\n")
    world.memory.blobs.pop(sha)
    fake = {"sha": sha, "size": 4, "encoding": "base64", "content": "ZmFrZQ=="}
    world.github.disturb[f"/git/blobs/{sha}"] = Canned(200, json.dumps(fake).encode())
    fetched = of(Fetched, world.run(full=True))[0]
    assert {document.path: document.body for document in fetched.documents}["README.md"] == b"fake"
    assert sha not in world.memory.blobs


@pytest.mark.parametrize(
    ("pattern", "canned", "stage", "message"),
    [
        ("/repos/mods/one$", Canned(200, b"<html></html>"), "repository",
         "The answer (200) is an HTML page, not what GitHub's API promises."),
        ("/repos/mods/one/commits", Canned(200, b""), "commits",
         "The answer (200) is empty, not what GitHub's API promises."),
        ("/repos/mods/one/commits", Canned(500), "commits", "The server answers 500."),
        ("/repos/mods/one/git/trees", Canned(200, b'{"sha": "x"}'), "tree",
         "The answer (200) is broken or of another form, not what GitHub's API promises."),
        ("/repos/mods/one/git/trees", Canned(200, json.dumps({"sha": "0" * 40, "tree": []}).encode()), "tree",
         "The answer is another tree than the one asked for."),
        ("/repos/mods/one/git/blobs", Canned(404), "files",
         "README.md stands in the tree, but its content is not there."),
        ("/repos/mods/one/git/blobs",
         Canned(200, json.dumps({"sha": "0" * 40, "size": 1, "encoding": "none", "content": ""}).encode()), "files",
         "The file came incomplete, or is another one than the one asked for."),
        ("/repos/mods/one/tags", Canned(404), "tags", "There is no answer about tags."),
        ("/repos/mods/one/tags", OSError("reset"), "tags", "No answer from the server: reset."),
    ],
)
def test_trouble_with_one_repository_fails_it_alone_and_the_next_run_reads_it(
    pattern: str, canned: Canned | Exception, stage: str, message: str
) -> None:
    world = World(catalogue("mods/one", "mods/two"), Repo("mods/one", META), Repo("mods/two", OTHER))
    world.github.disturb[pattern] = canned
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Fetched", "Finished", "Listed"]
    problem = of(Failed, events)[0].problem
    assert (problem.stage, problem.message) == (stage, message)
    world.github.disturb.clear()
    assert kinds(world.run()) == ["Listed", "Fetched", "Unchanged", "Finished"]


def test_broken_body_with_a_good_etag_is_not_given_back_for_ever() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", META))
    world.run()
    for validator in world.memory.validators.values():
        world.memory.payloads[validator.sha256] = b"damaged"
    assert kinds(world.run()) == ["Listed", "Unchanged", "Finished"]


def test_repository_on_another_server_fails_with_what_to_do() -> None:
    listed = catalogue("mods/one")
    listed.files[".gitmodules"] = listed.files[".gitmodules"].replace(b"https://github.com", b"https://gitlab.com")
    problem = of(Failed, World(listed).run())[0].problem
    assert problem.message == "The repository is not on github.com, where this source reads."
    assert (problem.kind, problem.mend) == (
        "other-server", "Add a source for that server, or take the repository out of the list."
    )


# Listings that must not be believed


@pytest.mark.parametrize(
    ("files", "seen"),
    [
        ({".gitmodules": b"", "README.md": b"x"}, ".gitmodules is empty."),
        ({"README.md": b"x"}, "The catalogue sample/catalogue has neither MODULES.yml nor .gitmodules."),
        ({"MODULES.yml": b"<html>\n"}, "MODULES.yml holds an HTML page instead of a listing."),
        ({"MODULES.yml": b"- module: https://github.com/mods/one\n- module: https://gi"},
         "MODULES.yml looks cut off: it ends in the middle of a line."),
        ({"MODULES.yml": b"- module: https://x.invalid/one/two/\n"},
         "MODULES.yml of sample/catalogue names no repository."),
    ],
)
def test_listing_that_must_not_be_believed_fails_and_nothing_else_is_said(files: dict[str, bytes], seen: str) -> None:
    events = World(Repo("sample/catalogue", files)).run()
    assert kinds(events) == ["ListingFailed", "Finished"]
    assert of(ListingFailed, events)[0].problem.message == seen
    assert of(Finished, events)[0].complete is False


def test_listing_whose_bytes_are_not_those_of_the_tree_fails() -> None:
    world = World(catalogue("mods/one", "mods/two"), Repo("mods/one", META))
    tree = world.github._trees(world.github.repos["sample/catalogue"], "main", recursive=False)[1]
    assert isinstance(tree, dict)
    sha = tree["tree"][0]["sha"]
    cut = {"sha": sha, "size": 5, "encoding": "base64", "content": "ZmFrZQo="}
    world.github.disturb["/git/blobs/"] = Canned(200, json.dumps(cut).encode())
    assert kinds(world.run()) == ["ListingFailed", "Finished"]


def test_organisation_that_shows_nothing_fails() -> None:
    events = World(organisation="mods").run()
    assert of(ListingFailed, events)[0].problem.message == (
        "The organisation mods shows no repositories, or does not exist."
    )


def test_rows_that_are_untidy_double_or_no_address_are_findings_with_their_lines() -> None:
    rows = (
        b"- module: https://github.com/mods/one/\n- module: https://github.com/Mods/One.git\n"
        b"- module: https://github.com/mods\n- module: https://github.com/mods/two\n"
    )
    world = World(Repo("sample/catalogue", {"MODULES.yml": rows}), Repo("mods/one", META), Repo("mods/two", META))
    listed = of(Listed, world.run())[0]
    assert [entry.key for entry in listed.entries] == ["github.com/mods/one", "github.com/mods/two"]
    assert [(f.line, f.message, f.mend) for f in listed.findings] == [
        (1, "The address is written untidily (trailing slash).",
         "Write `https://github.com/mods/one` in the catalogue."),
        (2, "The address is written untidily (.git).", "Write `https://github.com/Mods/One` in the catalogue."),
        (2, "The repository is listed twice, first at line 1.", "Write each repository once in the catalogue."),
        (3, "This is not the address of a repository.", "Write `https://HOST/OWNER/NAME` in the catalogue."),
    ]


# Limits, and a server that is down


def test_anonymous_harvest_out_of_quota_parks_and_the_next_one_goes_on_where_it_stopped() -> None:
    world = World(catalogue("a/one", "b/two"), Repo("a/one", META), Repo("b/two", META))
    reset = int(world.clock.now().timestamp()) + 1800
    empty = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    world.github.disturb["/repos/b/two/commits"] = Canned(403, b"{}", empty)
    events = world.run(token=None)
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    finished = of(Finished, events)[0]
    assert (finished.complete, finished.parked_until) == (False, "2026-01-02T03:34:06Z")
    assert finished.problem is not None
    assert finished.problem.retry_at == "2026-01-02T03:34:06Z"
    assert not any("Authorization" in request.headers for request in world.github.requests)
    world.github.disturb.clear()
    world.clock.advance(1900)
    assert kinds(world.run(token=None)) == ["Listed", "Unchanged", "Fetched", "Finished"]


def test_server_that_falls_silent_ends_the_harvest_instead_of_failing_every_entry() -> None:
    names = [f"o{number}/m" for number in range(20)]
    world = World(catalogue(*names), *(Repo(name, META) for name in names))
    world.github.disturb[r"/repos/o|rate_limit"] = OSError("silent")
    events = world.run()
    assert kinds(events) == ["Listed", *["Failed"] * 5, "Finished"]
    finished = of(Finished, events)[0]
    assert finished.complete is False
    assert finished.problem is not None
    assert finished.problem.stage == "server"


def test_entries_that_are_silent_while_the_server_answers_do_not_end_the_harvest() -> None:
    names = [f"o{number}/m" for number in range(8)]
    world = World(catalogue(*names), *(Repo(name, META) for name in names))
    world.github.disturb[r"/repos/o[0-6]/m/commits"] = OSError("silent")
    assert kinds(world.run()) == ["Listed", "Fetched", *["Failed"] * 7, "Finished"]


# Settings


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "src: give exactly one of catalogue, organisation, repositories; found none. Correct the setting."),
        ({"catalogue": "a/b", "organisation": "c"},
         "src: give exactly one of catalogue, organisation, repositories; found catalogue and organisation. "
         "Correct the setting."),
        ({"catalog": "a/b"}, "src: catalog: Extra inputs are not permitted. Correct the setting."),
        ({"repositories": []},
         "src: repositories: Tuple should have at least 1 item after validation, not 0. Correct the setting."),
    ],
)
def test_wrong_settings_are_one_line_before_anything_is_asked(settings: dict[str, object], expected: str) -> None:
    world = World()
    world.settings = settings
    with pytest.raises(WrongSettings) as caught:
        world.run()
    assert str(caught.value) == expected
    assert world.github.requests == []


def test_unknown_kind_is_one_line() -> None:
    world = World()
    endpoints = Endpoints()
    client = Client(session_of(world.github), world.memory, endpoints, world.clock, contact="x")
    with pytest.raises(WrongSettings) as caught:
        harvest("src", "gitlub", {}, endpoints, client, world.memory, world.clock)
    assert str(caught.value) == f"src: unknown kind 'gitlub'. Known kinds: {', '.join(SOURCES)}."


def test_enterprise_server_is_a_host_of_its_own() -> None:
    memory, clock = DictMemory(), HandClock()
    github = SmallGithub(Repo("mods/one", META))
    endpoints = Endpoints.from_mapping({"github": "https://code.lab.invalid/api/v3"})
    original = github._route
    github._route = lambda path, query: original(path.removeprefix("/api/v3"), query)  # type: ignore[method-assign]
    client = Client(session_of(github), memory, endpoints, clock, contact="x")
    events = list(harvest("src", "github", {"repositories": ["mods/one"]}, endpoints, client, memory, clock))
    assert [event.key for event in of(Fetched, events)] == ["code.lab.invalid/mods/one"]
