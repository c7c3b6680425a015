from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvester.events import Failed, Fetched, Finished, Gone, Listed, Unchanged
from tests.conftest import missing
from tests.support.git_harvests import META, GitWorld, listing_of, packs
from tests.support.harvests import finding_codes, kinds, of
from tests.support.small_git import HAS_GIT, GitRepo, Kind, SmallGit, basic


@pytest.fixture(params=["git", "dulwich"])
def kind(request: pytest.FixtureRequest) -> Kind:
    kind: Kind = request.param
    if kind == "git" and not HAS_GIT:
        missing("git is not installed with its `git-http-backend`")
    return kind


@pytest.fixture
def server(kind: Kind, tmp_path: Path) -> Iterator[SmallGit]:
    with SmallGit(tmp_path, kind) as running:
        yield running


@pytest.fixture
def by_git(tmp_path: Path) -> Iterator[SmallGit]:
    """The server of protocol 2."""
    if not HAS_GIT:
        missing("git is not installed with its `git-http-backend`")
    with SmallGit(tmp_path, "git") as running:
        yield running


def one_of(server: SmallGit, files: dict[str, bytes] | None = None) -> tuple[GitWorld, GitRepo]:
    """A world of one repository, named by its address."""
    repo = server.create("mods/One", META if files is None else files)
    return GitWorld(server, repositories=[f"{server.url}/mods/One.git"]), repo


def documents(fetched: Fetched) -> dict[str, bytes]:
    return {each.path: each.body for each in fetched.documents}


# The ordinary way


def test_first_harvest_gives_every_listed_repository_with_its_documents(server: SmallGit) -> None:
    one = server.create("mods/One", META)
    commit = one.commit({**META, "README.md": b"# One, again\n"}, "Write more")
    one.tag("v1.0", commit, annotated=True)
    server.create("lists/hub", {".gitmodules": listing_of(server, "mods/One"), "README.md": b"list\n"})
    world = GitWorld(server, catalogue=f"{server.url}/lists/hub.git")
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    fetched = of(Fetched, events)[0]
    assert (fetched.key, fetched.url) == (f"{server.host}/mods/one", f"{server.url}/mods/One")
    assert (fetched.revision, fetched.counters, fetched.findings) == (commit, {}, ())
    kept = documents(fetched)
    assert list(kept) == ["api:git-refs", "api:git-commits", "README.md", "ai4-metadata.yml"]
    assert (kept["README.md"], kept["ai4-metadata.yml"]) == (b"# One, again\n", b"title: One\n")
    refs = json.loads(kept["api:git-refs"])
    assert (refs["branch"], refs["commit"]) == ("main", commit)
    (tag,) = refs["tags"]
    assert (tag["name"], tag["commit"], tag["date"]) == ("v1.0", commit, "2023-11-15T00:13:20Z")
    assert tag["object"] != commit
    commits = json.loads(kept["api:git-commits"])
    assert (commits[0]["sha"], commits[0]["message"]) == (commit, "Write more")
    assert fetched.entry.listing.line == 3
    assert all(agent.startswith("module-registry/") for agent in server.agents)


def test_second_harvest_asks_for_the_refs_and_for_nothing_else(server: SmallGit) -> None:
    names = [f"mods/m{number}" for number in range(4)]
    for name in names:
        server.create(name, META)
    server.create("lists/hub", {"MODULES.yml": "".join(f"- module: {server.url}/{n}.git\n" for n in names).encode()})
    world = GitWorld(server, catalogue=f"{server.url}/lists/hub.git")
    first, second = world.run(), world.run()
    assert kinds(first) == ["Listed", *["Fetched"] * 4, "Finished"]
    assert kinds(second) == ["Listed", *["Unchanged"] * 4, "Finished"]
    assert of(Listed, second) == of(Listed, first)
    assert [event.key for event in of(Unchanged, second)] == [event.key for event in of(Fetched, first)]
    assert len(server.log) == (6 if server.kind == "git" else 5)  # one for each, and what the server can do


def test_first_harvest_needs_three_requests_for_a_repository_whose_files_are_new(by_git: SmallGit) -> None:
    for name in ("mods/a", "mods/b"):
        by_git.create(name, {"ai4-metadata.yml": f"title: {name}\n".encode(), "big.bin": bytes(100_000)})
    world = GitWorld(by_git, repositories=[f"{by_git.url}/mods/a.git", f"{by_git.url}/mods/b.git"])
    finished = of(Finished, world.run())[0]
    assert by_git.log == [
        "GET /mods/a.git/info/refs?service=git-upload-pack", *["POST /mods/a.git/git-upload-pack"] * 3,
        *["POST /mods/b.git/git-upload-pack"] * 3,
    ]
    assert finished.requests.bytes < 5_000, "files that nobody wants stay where they are"


def test_harvest_after_a_push_fetches_only_the_file_that_is_new(by_git: SmallGit) -> None:
    world, one = one_of(by_git)
    world.run()
    known = set(world.memory.blobs)
    one.commit({**META, "ai4-metadata.yml": b"title: New\n"})
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert documents(of(Fetched, events)[0])["ai4-metadata.yml"] == b"title: New\n"
    assert len(set(world.memory.blobs) - known) == 1
    one.commit({**META, "code.py": b"2\n"})
    world.run()
    assert packs(by_git) == 2, "refs, commits and trees; both wanted files are known by their ids"


def test_harvest_in_full_reads_everything_anew_and_gives_the_same(server: SmallGit) -> None:
    server.create("mods/one", META)
    server.create("lists/hub", {".gitmodules": listing_of(server, "mods/one")})
    world = GitWorld(server, catalogue=f"{server.url}/lists/hub.git")
    first, again = world.run(), world.run(full=True)
    assert of(Fetched, again) == of(Fetched, first)


def test_both_servers_give_the_same_documents(tmp_path: Path) -> None:
    if not HAS_GIT:
        missing("git is not installed with its `git-http-backend`")
    found = []
    for kind in ("git", "dulwich"):
        with SmallGit(tmp_path / kind, kind) as server:
            world, _ = one_of(server, {**META, "docker/Dockerfile": b"FROM a/b\n"})
            fetched = of(Fetched, world.run())[0]
            found.append((fetched.revision, documents(fetched)))
    assert found[0] == found[1]


def test_repository_whose_files_the_server_cannot_leave_out_comes_whole(tmp_path: Path) -> None:
    if not HAS_GIT:
        missing("git is not installed with its `git-http-backend`")
    with SmallGit(tmp_path, "git", filters=False) as server:
        world, one = one_of(server)
        one.commit({**META, "code.py": b"2\n"})
        fetched = of(Fetched, world.run())[0]
        assert "ai4-metadata.yml" in documents(fetched)
        assert len(json.loads(documents(fetched)["api:git-commits"])) == 1, "only the newest state was asked for"
        assert packs(server) == 2


# Names, branches, links


def test_renamed_repository_is_told_under_its_new_name_and_asked_for_there(server: SmallGit) -> None:
    world, _ = one_of(server)
    world.run()
    server.rename("mods/One", "mods/uno")
    events = world.run()
    fetched = of(Fetched, events)[0]
    assert (fetched.key, fetched.previous_keys) == (f"{server.host}/mods/uno", (f"{server.host}/mods/one",))
    assert finding_codes(events) == ["repository-renamed"]
    again = world.run()
    assert kinds(again) == ["Listed", "Unchanged", "Finished"]
    assert of(Unchanged, again)[0].key == f"{server.host}/mods/uno"
    assert not [line for line in server.log if "/mods/One" in line]


def test_rename_is_noticed_also_when_the_server_was_asked_before(by_git: SmallGit) -> None:
    for name in ("mods/a", "mods/b"):
        by_git.create(name, META)
    world = GitWorld(by_git, repositories=[f"{by_git.url}/mods/a.git", f"{by_git.url}/mods/b.git"])
    world.run()
    by_git.rename("mods/b", "mods/c")
    assert [event.key for event in of(Fetched, world.run())] == [f"{by_git.host}/mods/c"]


def test_default_branch_that_was_renamed_is_read(server: SmallGit) -> None:
    world, one = one_of(server)
    world.run()
    trunk = one.commit(META, branch="trunk")
    one.head("trunk")
    one.delete("main")
    fetched = of(Fetched, world.run())[0]
    assert fetched.revision == trunk
    assert json.loads(documents(fetched)["api:git-refs"])["branch"] == "trunk"


def test_default_branch_that_is_not_there_gives_way_to_the_one_that_is(server: SmallGit) -> None:
    repo = server.create("mods/one")
    head = repo.commit(META, branch="develop")
    world = GitWorld(server, repositories=[f"{server.url}/mods/one.git"])
    assert of(Fetched, world.run())[0].revision == head


@pytest.mark.parametrize("there", [True, False])
def test_branch_that_the_catalogue_names_is_read_if_it_exists(server: SmallGit, there: bool) -> None:
    one = server.create("mods/one", META)
    if there:
        one.commit({**META, "README.md": b"# Old\n"}, branch="old")
    server.create("lists/hub", {".gitmodules": listing_of(server, "mods/one", branch="old")})
    events = GitWorld(server, catalogue=f"{server.url}/lists/hub.git").run()
    assert documents(of(Fetched, events)[0])["README.md"] == (b"# Old\n" if there else b"# One\n")
    assert finding_codes(events) == ([] if there else ["branch-missing"])


def test_new_tag_alone_makes_a_repository_read_anew(server: SmallGit) -> None:
    world, one = one_of(server)
    head = of(Fetched, world.run())[0].revision
    assert head is not None
    one.tag("v2", head)
    fetched = of(Fetched, world.run())[0]
    assert [each["name"] for each in json.loads(documents(fetched)["api:git-refs"])["tags"]] == ["v2"]


def test_links_lead_to_files_of_the_repository_and_submodules_are_passed_over(server: SmallGit) -> None:
    repo = server.create("mods/one")
    files = {**META, "docs/guide.md": b"# Guide\n", "README.md": b"./docs/guide.md", "LICENSE": b"/etc/passwd"}
    repo.commit(files, links=["README.md", "LICENSE"], modules={"VERSION": "1" * 40})
    fetched = of(Fetched, GitWorld(server, repositories=[f"{server.url}/mods/one.git"]).run())[0]
    kept = documents(fetched)
    assert kept["README.md"] == b"# Guide\n"
    assert not kept.keys() & {"LICENSE", "VERSION"}


def test_catalogue_names_repositories_relative_to_itself_and_its_commits_tell_of_renames(server: SmallGit) -> None:
    server.create("mods/reef", META)
    hub = server.create("mods/hub")
    rows = b'[submodule "reef"]\n\tpath = reef\n\turl = ../reef.git\n'
    hub.commit({".gitmodules": rows.replace(b"reef", b"atoll")}, "Add atoll")
    hub.commit({".gitmodules": rows}, "Rename atoll to reef")
    hub.commit({".gitmodules": rows, "README.md": b"x\n"}, "Rename lagoon to reef")  # not a change of the list
    world = GitWorld(server, catalogue=f"{server.url}/mods/hub.git")
    listed = of(Listed, world.run())[0]
    assert [each.key for each in listed.entries] == [f"{server.host}/mods/reef"]
    notes = [(note.kind, note.key) for note in listed.entries[0].listing.notes]
    if server.kind == "git":
        assert notes == [("renamed", f"{server.host}/mods/atoll")]
    assert of(Listed, world.run())[0] == listed, "what was remembered of the commit is the same"


def test_merge_that_only_took_a_change_over_tells_nothing(by_git: SmallGit) -> None:
    by_git.create("mods/reef", META)
    hub = by_git.create("mods/hub")
    rows = b'[submodule "reef"]\n\tpath = reef\n\turl = ../reef.git\n'
    first = hub.commit({".gitmodules": b"# nothing\n" + rows})
    side = hub.commit({".gitmodules": rows}, "Tidy up", branch="side", parents=[first])
    hub.commit({".gitmodules": rows}, "Rename atoll to reef", parents=[first, side])
    listed = of(Listed, GitWorld(by_git, catalogue=f"{by_git.url}/mods/hub.git").run())[0]
    assert listed.entries[0].listing.notes == ()


# Credentials


def test_credential_goes_to_the_first_server_and_to_no_other(tmp_path: Path) -> None:
    with SmallGit(tmp_path / "a", "dulwich") as own, SmallGit(tmp_path / "b", "dulwich") as other:
        own.create("mods/one", META)
        other.create("mods/two", META)
        world = GitWorld(own, repositories=[f"{own.url}/mods/one.git", f"{other.url}/mods/two.git"])
        events = world.run(token="ada:secret")
    assert set(own.credentials) == {basic("ada", "secret")}
    assert set(other.credentials) <= {None}
    assert kinds(events)[:2] == ["Listed", "Fetched"]
    assert "secret" not in repr(events)


def test_private_address_that_the_operator_did_not_name_is_not_reached(tmp_path: Path) -> None:
    with SmallGit(tmp_path / "a", "dulwich") as own, SmallGit(tmp_path / "b", "dulwich") as other:
        other.create("mods/two", META)
        events = GitWorld(own, repositories=[f"{other.url}/mods/two.git"]).run()
        assert other.log == []
    assert [event.problem.kind for event in of(Failed, events)] == ["forbidden-address"]


# Killed


def test_harvest_that_ends_in_the_middle_goes_on_without_fetching_a_file_twice(server: SmallGit) -> None:
    names = [f"mods/m{number}" for number in range(5)]
    for name in names:
        server.create(name, {"ai4-metadata.yml": f"title: {name}\n".encode()})
    world = GitWorld(server, repositories=[f"{server.url}/{name}.git" for name in names])
    for number, event in enumerate(world.events()):
        world.memory.learn("src", [event])
        if number == 3:
            break
    events = world.run()
    assert kinds(events) == ["Listed", *["Unchanged"] * 3, *["Fetched"] * 2, "Finished"]
    assert len(world.memory.blobs) == 5


def test_entry_that_is_gone_says_so_and_comes_back(server: SmallGit) -> None:
    world, _ = one_of(server)
    world.run()
    repo = server.repos.pop("mods/One")
    path = server.root / "mods" / "One.git"
    hidden = path.rename(server.root / "hidden")
    gone = of(Gone, world.run())
    assert [(each.reason, each.status, each.final) for each in gone] == [
        ("The repository does not exist, or is not public (404).", 404, False)
    ]
    hidden.rename(path)
    server.repos["mods/One"] = repo
    assert kinds(world.run()) == ["Listed", "Unchanged", "Finished"]


def test_settings_say_in_one_line_what_is_wrong(server: SmallGit) -> None:
    for settings, said in SETTINGS.items():
        with pytest.raises(Exception) as caught:
            GitWorld(server, **json.loads(settings)).run()
        assert said in str(caught.value)


SETTINGS: dict[str, Any] = {
    "{}": "src: give exactly one of catalogue, repositories; found none.",
    '{"catalogue": "https://github.com/a/b", "repositories": ["https://github.com/a/b"]}':
        "src: give exactly one of catalogue, repositories; found both.",
    '{"catalogue": "a/b"}': "src: catalogue: write an address that begins with https://.",
    '{"repositories": ["https://x:secret@github.com/a/b"]}':
        "src: repositories.0: leave user and password out of the address; they are the credential of the source.",
    '{"catalogue": "https://github.com/"}':
        "src: catalogue: not the address of a repository: 'https://github.com/'; write https://HOST/OWNER/NAME.",
}
