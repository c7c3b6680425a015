from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvester.errors import WrongSettings
from harvester.events import Failed, Fetched, Finished, Gone, Listed, ListingFailed, Unchanged
from tests.support.answers import Canned
from tests.support.git_harvests import META, GitlabWorld
from tests.support.harvests import finding_codes, kinds, of
from tests.support.small_git import HAS_GIT, SmallGit, basic
from tests.support.small_gitlab import SmallGitlab


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[SmallGitlab]:
    with SmallGit(tmp_path, "git" if HAS_GIT else "dulwich") as server:
        yield SmallGitlab(server)


def a_group(gitlab: SmallGitlab, **settings: object) -> GitlabWorld:
    """Three modules, one of them in a group below, and a site that is no module."""
    gitlab.create("reef/One", META, description="Finds fish", license={"key": "apache-2.0"}, topics=["deep-sea"])
    gitlab.create("reef/deep/two", {**META, "ai4-metadata.yml": b"title: Two\n"})
    gitlab.create("reef/site", {"index.html": b"x"})
    gitlab.create("reef/three", {**META, "ai4-metadata.yml": b"title: Three\n"})
    return GitlabWorld(gitlab.server, url=gitlab.server.url, **(settings or {"group": "reef"}))


def api(gitlab: SmallGitlab) -> list[str]:
    return [line for line in gitlab.server.log if "/api/v4" in line]


def test_group_gives_its_projects_with_what_gitlab_and_git_say_of_them(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    gitlab.releases["reef/One"] = [{"tag_name": "v1.0", "released_at": "2025-01-02T00:00:00Z"}]
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", *["Fetched"] * 3, "Finished", "Listed"]
    host = gitlab.server.host
    assert [each.key for each in of(Listed, events)[0].entries] == [
        f"{host}/reef/one", f"{host}/reef/deep/two", f"{host}/reef/site", f"{host}/reef/three",
    ]
    fetched = of(Fetched, events)[0]
    assert [each.path for each in fetched.documents] == [
        "api:gitlab-project", "api:gitlab-releases", "api:git-refs", "api:git-commits", "README.md", "ai4-metadata.yml",
    ]
    assert (fetched.key, fetched.url) == (f"{host}/reef/one", f"{gitlab.server.url}/reef/One")
    assert fetched.counters == {"stars": 3, "forks": 1, "open_issues": 2}
    assert json.loads(fetched.documents[0].body)["license"] == {"key": "apache-2.0"}
    page = f"{gitlab.server.url}/reef/One/-/blob/{fetched.revision}/ai4-metadata.yml"
    assert fetched.documents[-1].url == page
    problem = of(Failed, events)[0].problem
    assert (problem.kind, problem.message) == (
        "no-module", "The repository holds no metadata file, so it is no module.",
    )


def test_second_harvest_asks_for_the_list_and_for_refs(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    world.run()
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Finished", "Listed", *["Unchanged"] * 3]
    assert len(api(gitlab)) == of(Finished, events)[0].requests.not_modified == 2
    assert len(gitlab.server.log) - 2 == (4 + 1 if gitlab.server.kind == "git" else 4)
    assert of(Unchanged, events)[0].counters["stars"] == 3


def test_stars_alone_change_nothing_but_the_counters(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    world.run()
    gitlab.projects["reef/One"]["star_count"] = 99
    assert of(Unchanged, world.run())[0].counters["stars"] == 99


@pytest.mark.parametrize("facts", [{"archived": True}, {"description": "new"}, {"topics": ["a"]}])
def test_facts_that_matter_make_a_project_read_anew(gitlab: SmallGitlab, facts: dict[str, object]) -> None:
    world = a_group(gitlab)
    world.run()
    gitlab.projects["reef/One"].update(facts)
    assert [event.entry.key for event in of(Fetched, world.run())] == [f"{gitlab.server.host}/reef/one"]


def test_push_makes_a_project_read_anew(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    world.run()
    gitlab.server.repos["reef/three"].commit({**META, "ai4-metadata.yml": b"title: Four\n"})
    (fetched,) = of(Fetched, world.run())
    assert fetched.documents[-1].body == b"title: Four\n"


def test_site_that_becomes_a_module_is_read(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    world.run()
    gitlab.server.repos["reef/site"].commit(META)
    assert [event.entry.key for event in of(Fetched, world.run())] == [f"{gitlab.server.host}/reef/site"]


def test_person_is_listed_as_well_as_a_group(gitlab: SmallGitlab) -> None:
    gitlab.people.add("ada")
    gitlab.create("ada/one", META)
    world = GitlabWorld(gitlab.server, url=gitlab.server.url, group="ada")
    assert kinds(world.run()) == ["Listed", "Fetched", "Finished"]


def test_named_projects_are_read_in_their_order_and_by_their_new_names(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab, projects=["reef/site", "reef/old", "reef/nothing"])
    gitlab.moved["reef/old"] = "reef/One"
    events = world.run()
    host = gitlab.server.host
    assert kinds(events) == ["Listed", "Fetched", "Fetched", "Gone", "Finished"]
    assert [(event.key, event.previous_keys) for event in of(Fetched, events)] == [
        (f"{host}/reef/site", ()), (f"{host}/reef/one", (f"{host}/reef/old",)),
    ]
    assert finding_codes(events) == ["no-metadata", "repository-renamed"]
    assert of(Gone, events)[0].reason == "The project does not exist, or is not public (404)."
    assert kinds(world.run()) == ["Listed", "Unchanged", "Unchanged", "Gone", "Finished"]


def test_project_that_is_made_private_is_delisted_by_a_group_and_gone_by_its_name(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    world.run()
    gitlab.projects["reef/three"]["visibility"] = "internal"
    assert len(of(Listed, world.run())[0].entries) == 3
    named = GitlabWorld(gitlab.server, url=gitlab.server.url, projects=["reef/three"])
    assert kinds(named.run()) == ["Listed", "Gone", "Finished"]


def test_empty_project_says_so(gitlab: SmallGitlab) -> None:
    gitlab.create("reef/empty", {})
    events = GitlabWorld(gitlab.server, url=gitlab.server.url, projects=["reef/empty"]).run()
    assert of(Failed, events)[0].problem.message == "The repository is empty."


def test_credential_is_shown_to_the_api_and_to_git(gitlab: SmallGitlab) -> None:
    a_group(gitlab).run(token="secret")
    assert set(gitlab.server.credentials) == {"Bearer secret", basic("oauth2", "secret")}


LISTS: dict[str, tuple[Canned, str, str]] = {
    "html": (Canned(200, b"<html>"), "unexpected-answer",
             "The answer (200) is an HTML page, not what GitLab's API promises."),
    "empty": (Canned(200, b""), "unexpected-answer",
              "The answer (200) is broken or of another form, not what GitLab's API promises."),
    "none": (Canned(200, b"[]"), "listing", "The group reef on {url} shows no public projects."),
    "missing": (Canned(404, b"{}"), "listing", "There is no group or person reef on {url}."),
    "expired": (Canned(401, b"{}"), "refused", "The server does not accept the credential (401)."),
    "busy": (Canned(500, b"{}"), "server-error", "The server answers 500."),
    "endless": (Canned(200, b"[]", {"Link": '<{url}/api/v4/x>; rel="next"'}), "listing",
                "The list of reef does not end."),
    "elsewhere": (Canned(200, b"[]", {"Link": '<https://127.66.66.66/x>; rel="next"'}), "listing",
                  "The list of reef does not end."),
    "short": (Canned(200, b"[]", {"X-Total": "7"}), "listing",
              "The list of reef shows 0 projects and says that there are 7."),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_that_cannot_be_believed_withdraws_nothing(gitlab: SmallGitlab, name: str) -> None:
    world = a_group(gitlab)
    world.run()
    answer, kind, said = LISTS[name]
    url = gitlab.server.url
    headers = {key: value.replace("{url}", url) for key, value in answer.headers.items()}
    gitlab.server.disturb = {"/api/v4": Canned(answer.status, answer.body, headers)}
    (failed,) = of(ListingFailed, world.run())
    assert (failed.problem.kind, failed.problem.message) == (kind, said.replace("{url}", url))
    gitlab.server.disturb = {}
    assert sorted(kinds(world.run())) == ["Failed", "Finished", "Listed", *["Unchanged"] * 3]


def test_list_that_shows_fewer_than_it_says_is_not_believed(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    gitlab.total = 9
    (failed,) = of(ListingFailed, world.run())
    assert failed.problem.message == "The list of reef shows 4 projects and says that there are 9."


def test_row_that_is_not_as_promised_takes_nothing_out_of_the_list(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    gitlab.projects["reef/three"]["id"] = "many"
    listed = of(Listed, world.run())[0]
    assert (len(listed.entries), listed.whole) == (3, False)


def test_releases_that_are_not_shown_are_no_trouble(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab, projects=["reef/One"])
    gitlab.server.disturb = {"/releases": Canned(404, b"{}")}
    (fetched,) = of(Fetched, world.run())
    assert "api:gitlab-releases" not in [each.path for each in fetched.documents]


def test_project_that_cannot_be_had_alone_fails_it_alone(gitlab: SmallGitlab) -> None:
    world = a_group(gitlab)
    number = gitlab.projects["reef/deep/two"]["id"]
    gitlab.server.disturb = {f"/projects/{number}": Canned(200, b"[]")}
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Failed", "Fetched", "Fetched", "Finished", "Listed"]
    gitlab.server.disturb = {}
    assert [event.entry.key for event in of(Fetched, world.run())] == [f"{gitlab.server.host}/reef/deep/two"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "src: give exactly one of group, projects; found none."),
        ({"group": "a", "projects": ["a/b"]}, "src: give exactly one of group, projects; found both."),
        ({"group": "a", "url": "gitlab.com"}, "src: url: write the address of the server, such as https://gitlab.com."),
        ({"group": "a", "url": "https://gitlab.com/a"},
         "src: url: write the address of the server without a path; the group or projects are settings of their own."),
        ({"projects": ["a"]}, "src: projects.0: String should match pattern '^[\\w.-]+(/[\\w.-]+)+$'."),
    ],
)
def test_settings_say_in_one_line_what_is_wrong(gitlab: SmallGitlab, settings: dict[str, object], said: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        GitlabWorld(gitlab.server, **settings).run()
    assert str(caught.value) == f"{said} Correct the setting."
