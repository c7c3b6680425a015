from __future__ import annotations

import json

import pytest

from harvester.events import Failed, Fetched, Unchanged
from tests.support.answers import Canned
from tests.support.harvests import META, World, catalogue, cost, kinds, of
from tests.support.small_github import Repo

# The ordinary way


def test_first_harvest_gives_every_listed_repository_with_its_documents() -> None:
    one = Repo("Mods/One", dict(META), tags=["v1"])
    world = World(catalogue("Mods/One"), one)
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    fetched = of(Fetched, events)[0]
    assert (fetched.key, fetched.url) == ("github.com/mods/one", "https://github.com/Mods/One")
    assert [document.path for document in fetched.documents] == [
        "api:repository", "api:commits", "api:tree", "api:tags", "api:releases", "README.md", "ai4-metadata.yml",
    ]
    metadata = fetched.documents[-1]
    assert metadata.body == b"title: One\n"
    assert metadata.commit == fetched.revision
    assert metadata.url == f"https://github.com/Mods/One/blob/{fetched.revision}/ai4-metadata.yml"
    assert fetched.counters == {"stars": 3, "forks": 1, "open_issues": 0}
    assert (fetched.previous_keys, fetched.findings) == ((), ())
    listing = fetched.entry.listing
    assert (listing.file, listing.line, listing.name) == (".gitmodules", 3, "Mods/One")


def test_second_harvest_of_an_unchanged_world_costs_no_quota() -> None:
    names = [f"mods/m{number}" for number in range(5)]
    repos = [Repo(name, META) for name in (*names, "alone/one")]
    world = World(catalogue(*names, "mods/missing", "alone/one"), *repos)
    first, second = world.run(), world.run()
    assert kinds(first) == ["Listed", *["Fetched"] * 5, "Gone", "Fetched", "Finished"]
    assert kinds(second) == ["Listed", *["Unchanged"] * 5, "Gone", "Unchanged", "Finished"]
    assert cost(second) == (5, 0)
    assert world.github.paths() == [
        "/repos/sample/catalogue", "/repos/sample/catalogue/git/trees/main",
        "/repos/sample/catalogue/commits?sha=main&per_page=100&path=.gitmodules", "/orgs/mods/repos?per_page=100",
        "/repos/alone/one",
    ]


def test_harvest_after_a_push_reads_that_repository_and_only_its_new_files() -> None:
    one = Repo("mods/one", dict(META))
    world = World(catalogue("mods/one", "mods/two"), one, Repo("mods/two", META))
    world.run()
    one.files["ai4-metadata.yml"] = b"title: New\n"
    one.pushes += 1
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Unchanged", "Finished"]
    assert of(Fetched, events)[0].documents[-1].body == b"title: New\n"
    assert len([path for path in world.github.paths() if "/git/blobs/" in path]) == 1


def test_harvest_in_full_reads_everything_anew_without_fetching_known_files() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", META))
    world.run()
    events = world.run(full=True)
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert not [path for path in world.github.paths() if "/git/blobs/" in path]


def test_stars_alone_change_nothing_but_the_counters() -> None:
    one = Repo("mods/one", META)
    world = World(catalogue("mods/one"), one)
    world.run()
    one.facts = {"stargazers_count": 99}
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Finished"]
    assert of(Unchanged, events)[0].counters["stars"] == 99


@pytest.mark.parametrize(
    "facts", [{"archived": True}, {"description": "new"}, {"homepage": "https://x"}, {"topics": ["a"]},
              {"license": {"key": "mit", "spdx_id": "MIT"}}],
)
def test_facts_that_matter_make_a_repository_read_anew(facts: dict[str, object]) -> None:
    one = Repo("mods/one", META)
    world = World(catalogue("mods/one"), one)
    world.run()
    one.facts = facts
    assert kinds(world.run()) == ["Listed", "Fetched", "Finished"]


def test_organisation_lists_its_public_repositories_and_passes_over_those_without_metadata() -> None:
    world = World(
        Repo("mods/one", META), Repo("mods/site", {"index.html": b"x"}), Repo("mods/secret", META, private=True),
        organisation="mods",
    )
    first, second = world.run(), world.run()
    assert kinds(first) == ["Listed", "Fetched", "Failed", "Finished"]
    problem = of(Failed, first)[0].problem
    assert (problem.kind, problem.message) == (
        "no-module", "The repository holds no metadata file, so it is no module.",
    )
    assert kinds(second) == ["Listed", "Unchanged", "Failed", "Finished"]
    assert cost(second) == (1, 0), "the organisation's list"


def test_repository_that_is_no_module_of_an_organisation_may_be_listed_by_a_catalogue() -> None:
    world = World(
        catalogue("mods/site"), Repo("mods/one", META), Repo("mods/site", {"index.html": b"x"}), organisation="mods"
    )
    world.run()
    world.settings = {"catalogue": "sample/catalogue"}
    events = world.run()
    assert kinds(events) == ["Listed", "Fetched", "Finished"]
    assert [each.code for each in of(Fetched, events)[0].findings] == ["no-metadata"]


def test_person_is_listed_as_well_as_an_organisation() -> None:
    world = World(Repo("anna/one", META), organisation="anna")
    world.github.people.add("anna")
    assert kinds(world.run()) == ["Listed", "Fetched", "Finished"]
    assert kinds(world.run()) == ["Listed", "Unchanged", "Finished"]
    assert world.github.paths() == ["/users/anna/repos?per_page=100", *world.github.paths()[1:]]


def test_named_repositories_are_read_in_their_order() -> None:
    world = World(Repo("b/two", META), Repo("a/one", META), repositories=["b/two", "a/one"])
    assert [event.key for event in of(Fetched, world.run())] == ["github.com/b/two", "github.com/a/one"]


def test_link_among_the_wanted_files_stands_for_the_file_it_leads_to() -> None:
    files = {**META, "docs/guide.md": b"# Guide\n", "README.md": b"./docs/guide.md", "LICENSE": b"/etc/passwd"}
    world = World(catalogue("mods/one"), Repo("mods/one", files, links=("README.md", "LICENSE")))
    fetched = of(Fetched, world.run())[0]
    readme = next(document for document in fetched.documents if document.path == "README.md")
    assert readme.body == b"# Guide\n"
    assert readme.url == f"https://github.com/mods/one/blob/{fetched.revision}/docs/guide.md"
    assert "LICENSE" not in [document.path for document in fetched.documents]


def test_fork_is_asked_for_alone_because_the_list_does_not_say_of_what_it_is_one() -> None:
    names = [f"mods/m{number}" for number in range(4)]
    world = World(catalogue(*names), *(Repo(name, META) for name in names))
    fork = world.github.repos["mods/m2"]
    fork.facts = {"fork": True}
    fork.alone = {"parent": {"html_url": "https://github.com/sea/origin"}}
    events = world.run()
    told = [json.loads(event.documents[0].body) for event in of(Fetched, events)]
    assert [each.get("parent") for each in told] == [None, None, {"html_url": "https://github.com/sea/origin"}, None]
    assert [path for path in world.github.paths() if path in {f"/repos/{name}" for name in names}] == ["/repos/mods/m2"]
    assert kinds(world.run()) == ["Listed", *["Unchanged"] * 4, "Finished"]
    assert cost(world.run())[1] == 0


def test_list_of_an_organisation_is_read_to_its_end() -> None:
    world = World(*(Repo(f"mods/m{number}", META) for number in range(3)), organisation="mods")
    shown = [world.github.repos[f"mods/m{number}"].shape() for number in range(3)]
    second = "https://api.github.com/organizations/7/repos?per_page=100&page=2"
    world.github.disturb = {
        "/orgs/mods/repos": Canned(200, json.dumps(shown[:2]).encode(), {
            "Link": f'<{second}>; rel="next", <{second}>; rel="last"', "ETag": '"one"',
        }),
        "/organizations/7/repos": Canned(200, json.dumps(shown[2:]).encode(), {"ETag": '"two"'}),
    }
    assert kinds(world.run()) == ["Listed", *["Fetched"] * 3, "Finished"]
    world.github.disturb["/organizations/7/repos"] = Canned(500)
    assert kinds(world.run()) == ["ListingFailed", "Finished"], "half a list is none"


def test_archived_repository_is_read_anew_and_says_so() -> None:
    world = World(catalogue("mods/one"), Repo("mods/one", META))
    world.run()
    world.github.repos["mods/one"].facts = {"archived": True}
    (fetched,) = of(Fetched, world.run())
    assert json.loads(fetched.documents[0].body)["archived"] is True
