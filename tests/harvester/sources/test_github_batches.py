"""Files by GraphQL: fewer requests, the same records, and the way one by one whenever something is wrong with it."""

from __future__ import annotations

from collections import Counter

import pytest

from harvester.events import Event, Fetched, Finished, Listed
from tests.support.answers import Canned
from tests.support.harvests import META, World, catalogue, cost, kinds, of
from tests.support.small_github import Repo, blob_id
from tests.support.small_graphql import SmallGraphql

NAMES = tuple(f"mods/m{number}" for number in range(7))


def files_of(name: str) -> dict[str, bytes]:
    return {
        **META, "ai4-metadata.yml": f"title: {name}\n".encode(), "docker/Dockerfile": f"FROM {name}\n".encode(),
        "LICENSE": b"MIT License\n", "setup.cfg": "[metadata]\nname = é\n".encode(),
    }


def a_world(*names: str, graphql: bool = True) -> tuple[World, SmallGraphql]:
    """Repositories that a catalogue lists; every second one has a tag."""
    repos = [
        Repo(name, files_of(name), tags=["v1"] if number % 2 else []) for number, name in enumerate(names or NAMES)
    ]
    world = World(catalogue(*(names or NAMES)), *repos)
    small = SmallGraphql(world.github)
    if graphql:
        world.github.graphql = small
    return world, small


def read(events: list[Event]) -> list[tuple[object, ...]]:
    """What came of a harvest, without what it cost."""
    return [(event.key, event.fingerprint, event.documents, event.findings) for event in of(Fetched, events)]


def blobs_asked(world: World) -> int:
    return len([path for path in world.github.paths() if "/git/blobs/" in path])


def test_first_harvest_with_graphql_is_the_same_as_without_for_fewer_requests() -> None:
    with_it, small = a_world()
    without, _ = a_world(graphql=False)
    events, plain = with_it.run(), without.run()
    assert read(events) == read(plain)
    assert with_it.memory.blobs == without.memory.blobs
    assert of(Listed, events) == of(Listed, plain)
    assert [question.count(":repository(") for question in small.questions] == [7, 7]
    # 7 titles, 7 Dockerfiles, 1 README, 1 licence, 1 setup.cfg, and the tags of four without tags
    assert cost(plain)[0] - cost(events)[0] == 17 + 4 - 1
    assert blobs_asked(with_it) == 1, "the catalogue's own list"


def test_second_harvest_and_one_after_a_push_ask_nothing_by_graphql() -> None:
    world, small = a_world()
    world.run()
    small.questions.clear()
    assert kinds(world.run()) == ["Listed", *["Unchanged"] * 7, "Finished"]
    world.github.repos["mods/m3"].push(README__md=b"# New\n")
    assert Counter(kinds(world.run()))["Fetched"] == 1
    world.run(full=True)
    assert small.questions == []


def test_repositories_that_are_too_few_for_a_batch_are_read_one_by_one() -> None:
    world, small = a_world(*NAMES[:2])
    assert Counter(kinds(world.run()))["Fetched"] == 2
    assert small.questions == []


def test_new_entries_of_a_known_catalogue_are_a_batch_again() -> None:
    world, small = a_world()
    world.run()
    added = tuple(f"more/n{number}" for number in range(3))
    for name in added:
        world.github.repos[name] = Repo(name, files_of(name))
    listing = world.github.repos["sample/catalogue"]
    listing.files = catalogue(*NAMES, *added).files
    listing.pushes += 1
    small.questions.clear()
    assert Counter(kinds(world.run())) == {"Listed": 1, "Unchanged": 7, "Fetched": 3, "Finished": 1}
    assert [question.count(":repository(") for question in small.questions] == [3, 3]


def test_nothing_is_asked_by_graphql_without_a_token() -> None:
    world, small = a_world()
    assert Counter(kinds(world.run(token=None)))["Fetched"] == 7
    assert small.questions == []


def test_more_repositories_than_a_batch_holds_are_asked_for_in_the_order_of_the_list() -> None:
    names = tuple(f"mods/m{number}" for number in range(120))
    world, small = a_world(*names)
    assert Counter(kinds(world.run()))["Fetched"] == 120
    roots = [question for question in small.questions if "expression" in question]
    assert [question.count(":repository(") for question in roots] == [50, 50, 20]
    assert all(question.count(":object(oid") <= 50 for question in small.questions)
    assert blobs_asked(world) == 1


def test_branch_that_the_catalogue_names_is_the_one_asked_for() -> None:
    repos = [Repo(name, files_of(name), branches={"old": {**META, "README.md": name.encode()}}) for name in NAMES[:3]]
    world = World(catalogue(*NAMES[:3], branch="old"), *repos)
    small = SmallGraphql(world.github)
    world.github.graphql = small
    events = world.run()
    assert {document.body for event in of(Fetched, events) for document in event.documents
            if document.path == "README.md"} == {name.encode() for name in NAMES[:3]}
    assert blobs_asked(world) == 1


def test_renamed_missing_and_private_repositories_are_told_as_ever() -> None:
    world, _ = a_world()
    github = world.github
    github.repos["mods/new"] = github.repos.pop("mods/m1")
    github.repos["mods/new"].full_name = "mods/new"
    github.moved["mods/m1"] = "mods/new"
    del github.repos["mods/m2"]
    github.repos["mods/m3"].private = True
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Gone", "Gone", *["Fetched"] * 3, "Finished"]
    assert of(Fetched, events)[1].previous_keys == ("github.com/mods/m1",)
    secret = blob_id(github.repos["mods/m3"].files["ai4-metadata.yml"])
    assert secret not in world.memory.blobs


@pytest.mark.parametrize("body", [b"caf\xe9\n", b"\xff\xfet\0i\0", b"x\0y", b"\xed\xa0\x80"])
def test_file_that_is_no_text_in_utf_8_comes_as_it_is(body: bytes) -> None:
    world, _ = a_world()
    world.github.repos["mods/m0"].files["README.md"] = body
    fetched = of(Fetched, world.run())[0]
    assert {each.path: each.body for each in fetched.documents}["README.md"] == body
    assert blobs_asked(world) == 2


@pytest.mark.parametrize("body", [b"\xef\xbb\xbftitle: x\r\n", b"", "\u2028\U0001f41f\n".encode(), b"\\\"\n\x7f\x01"])
def test_text_with_marks_and_odd_line_ends_survives(body: bytes) -> None:
    world, _ = a_world()
    world.github.repos["mods/m0"].files["README.md"] = body
    fetched = of(Fetched, world.run())[0]
    assert {each.path: each.body for each in fetched.documents}["README.md"] == body
    assert blobs_asked(world) == 1


def test_text_that_graphql_cuts_is_had_whole() -> None:
    world, small = a_world()
    long = b"# A long one\n" * 100
    world.github.repos["mods/m0"].files["README.md"] = long
    small.truncated.add(blob_id(long))
    fetched = of(Fetched, world.run())[0]
    assert {each.path: each.body for each in fetched.documents}["README.md"] == long
    assert blobs_asked(world) == 2


def test_question_that_is_too_heavy_is_asked_in_halves() -> None:
    world, small = a_world()
    small.most = 9
    assert Counter(kinds(world.run()))["Fetched"] == 7
    assert blobs_asked(world) == 1
    assert len(small.questions) == 4, "roots, all files, and their two halves"


TROUBLES: dict[str, Canned | Exception] = {
    "no such address": Canned(404, b'{"message": "Not Found"}'),
    "not implemented": Canned(501, b""),
    "gateway": Canned(502, b"<html>"),
    "server": Canned(500, b""),
    "html": Canned(200, b"<html>"),
    "list": Canned(200, b"[]"),
    "nothing": Canned(200, b""),
    "no data": Canned(200, b'{"data": null, "errors": [{"message": "Something went wrong while executing"}]}'),
    "odd data": Canned(200, b'{"data": {"r0": 1, "r1": {"root": {"entries": 5}}, "r2": [], "r3": {"root": null}}}'),
    "used up": Canned(200, b'{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'),
    "forbidden": Canned(403, b'{"message": "Resource not accessible"}'),
    "expired": Canned(401, b'{"message": "Bad credentials"}'),
    "silence": OSError("reset"),
    "huge": Canned(200, b"x" * (17 * 1024 * 1024)),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_with_graphql_is_none_of_the_harvest(name: str) -> None:
    world, small = a_world()
    plain, _ = a_world(graphql=False)
    small.instead = [TROUBLES[name]] * 100
    assert read(world.run()) == read(plain.run())
    assert len(small.questions) <= 8


def test_limit_of_graphql_does_not_rest_the_source() -> None:
    world, small = a_world()
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4000000000", "X-RateLimit-Resource": "graphql"}
    body = b'{"data": {}, "errors": [{"type": "RATE_LIMIT", "message": "API rate limit already exceeded"}]}'
    small.instead = [Canned(200, body, spent)]
    assert kinds(world.run()) == ["Listed", *["Fetched"] * 7, "Finished"]
    assert len(small.questions) == 1


def test_secondary_limit_met_by_graphql_holds_for_rest_as_well() -> None:
    world, small = a_world()
    body = b'{"message": "You have exceeded a secondary rate limit"}'
    small.instead = [Canned(403, body, {"Retry-After": "3600"})]
    events = world.run()
    assert kinds(events) == ["Listed", "Finished"]
    assert of(Finished, events)[0].parked_until == "2026-01-02T04:04:05Z"
    assert world.github.paths()[-1] == "/graphql", "nothing is asked before the limit ends"


def test_organisation_has_no_files_of_repositories_that_are_no_modules() -> None:
    repos = [Repo(f"mods/s{number}", {"README.md": b"site %d" % number}) for number in range(3)]
    world = World(*repos, Repo("mods/one", META), organisation="mods")
    small = SmallGraphql(world.github)
    world.github.graphql = small
    events = world.run()
    assert Counter(kinds(events)) == {"Listed": 1, "Failed": 3, "Fetched": 1, "Finished": 1}
    assert small.questions[1].count(":object(oid") == 2
    assert len(world.memory.blobs) == 2


def test_entries_on_other_servers_are_not_asked_for() -> None:
    world, small = a_world()
    listing = world.github.repos["sample/catalogue"]
    listing.files[".gitmodules"] += b'[submodule "x"]\n\tpath = x\n\turl = https://gitlab.com/mods/m0\n'
    world.run()
    assert [question.count(":repository(") for question in small.questions] == [7, 7]
