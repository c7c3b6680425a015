"""The stand-in behaves as GitHub's API does, as far as a harvester can tell."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.standin.server import StandIn
from tests.standin.worldfiles import load_world
from tests.support.clock import HandClock

DRONE, PHYTO = "sample-hub/thermal-drone-anomaly", "sample-hub/phyto-cells"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 7, 1, tzinfo=UTC))


@pytest.fixture
def served(clock: HandClock) -> Iterator[StandIn]:
    with StandIn(clock=clock) as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as made:
        made.headers.update({"User-Agent": "a-test/1", "Authorization": "Bearer sample"})
        yield made


def api(served: StandIn, path: str) -> str:
    return served.endpoints["github"] + path


@pytest.mark.parametrize(
    "path",
    [
        "", "/commits", "/git/trees/main?recursive=1", "/contents/README.md", "/readme", "/license", "/tags",
        "/releases", "/branches/main",
    ],
)
def test_answer_that_is_asked_again_with_its_tag_is_a_free_304(
    served: StandIn, session: requests.Session, path: str
) -> None:
    first = session.get(api(served, f"/repos/{DRONE}{path}"))
    again = session.get(first.url, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["X-RateLimit-Remaining"] == first.headers["X-RateLimit-Remaining"] == "4999"
    assert served.quota_used() == 1


def test_tag_of_one_token_is_no_good_with_another(served: StandIn, session: requests.Session) -> None:
    first = session.get(api(served, f"/repos/{DRONE}"))
    other = {"If-None-Match": first.headers["ETag"], "Authorization": "Bearer another"}
    assert session.get(first.url, headers=other).status_code == 200


def test_date_of_the_last_change_makes_a_304_where_no_tag_is_sent(served: StandIn, session: requests.Session) -> None:
    first = session.get(api(served, f"/repos/{DRONE}"))
    assert first.headers["Last-Modified"] == "Wed, 14 May 2025 08:00:00 GMT"
    again = session.get(first.url, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    wrong = {"If-Modified-Since": first.headers["Last-Modified"], "If-None-Match": '"other"'}
    assert (again.status_code, session.get(first.url, headers=wrong).status_code) == (304, 200)


def test_change_of_a_file_moves_the_tag_the_tree_and_the_head(served: StandIn, session: requests.Session) -> None:
    before = session.get(api(served, f"/repos/{DRONE}/commits")).json()[0]
    tag = session.get(api(served, f"/repos/{DRONE}")).headers["ETag"]
    commit = served.change(DRONE, "VERSION", "1.4.0\n", "Release 1.4.0")
    after = session.get(api(served, f"/repos/{DRONE}/commits")).json()[0]
    assert (after["sha"], after["commit"]["message"]) == (commit.sha, "Release 1.4.0")
    assert after["commit"]["tree"]["sha"] != before["commit"]["tree"]["sha"]
    assert session.get(api(served, f"/repos/{DRONE}"), headers={"If-None-Match": tag}).status_code == 200


def test_same_bytes_again_are_a_keep_alive_commit(served: StandIn, session: requests.Session) -> None:
    served.change(DRONE, "VERSION", "1.3.0\n", "Keep alive")
    newest, before = session.get(api(served, f"/repos/{DRONE}/commits")).json()[:2]
    assert newest["sha"] != before["sha"]
    assert newest["commit"]["tree"]["sha"] == before["commit"]["tree"]["sha"]


def test_renamed_repository_answers_301_with_its_number(served: StandIn, session: requests.Session) -> None:
    old = session.get(api(served, "/repos/sample-hub/cnn-benchmark/commits?per_page=1"), allow_redirects=False)
    number = session.get(api(served, "/repos/sample-hub/gpu-cnn-benchmark")).json()["id"]
    target = api(served, f"/repositories/{number}/commits?per_page=1")
    assert (old.status_code, old.headers["Location"]) == (301, target)
    assert (old.json()["message"], old.json()["url"]) == ("Moved Permanently", target)
    assert len(session.get(target).json()) == 1


def test_repository_renamed_by_a_test_keeps_its_number(served: StandIn, session: requests.Session) -> None:
    number = session.get(api(served, f"/repos/{DRONE}")).json()["id"]
    served.rename(DRONE, "sample-hub/heat-leaks")
    answer = session.get(api(served, f"/repos/{DRONE}"))
    assert (answer.history[0].status_code, answer.json()["id"]) == (301, number)
    assert answer.json()["full_name"] == "sample-hub/heat-leaks"


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/repos/sample-hub/vanished-model", 404, "Not Found"),
        ("/repos/sample-hub/private-beacon", 404, "Not Found"),
        (f"/repos/{DRONE}/", 404, "Not Found"),
        ("/repos/sample-hub/empty-shell/commits", 409, "Git Repository is empty."),
        ("/repos/sample-hub/empty-shell/contents", 404, "This repository is empty."),
        (f"/repos/{DRONE}/branches/master", 404, "Branch not found"),
        (f"/repos/{DRONE}/git/trees/master", 404, "No commit found for the ref master"),
        ("/repos/sample-hub/bare-weights/license", 404, "Not Found"),
        ("/repos/sample-hub/bare-weights/releases/latest", 404, "Not Found"),
    ],
)
def test_address_that_is_not_there_is_an_error_in_the_forges_words(
    served: StandIn, session: requests.Session, path: str, status: int, message: str
) -> None:
    answer = session.get(api(served, path))
    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_request_without_agent_or_with_a_wrong_version_or_token_is_refused(served: StandIn) -> None:
    address = api(served, f"/repos/{DRONE}")
    assert requests.get(address, headers={"User-Agent": ""}, timeout=5).status_code == 403
    assert requests.get(address, headers={"X-GitHub-Api-Version": "1999-01-01"}, timeout=5).status_code == 400
    assert requests.get(address, headers={"Authorization": "token expired"}, timeout=5).status_code == 401


def test_names_are_found_in_any_letter_case(served: StandIn, session: requests.Session) -> None:
    answer = session.get(api(served, "/repos/SAMPLE-HUB/Phyto-Cells"))
    assert (answer.status_code, answer.json()["full_name"], answer.history) == (200, PHYTO, [])


def test_pages_of_an_organisation_follow_links_to_the_end(served: StandIn, session: requests.Session) -> None:
    answer = session.get(api(served, "/orgs/sample-hub/repos?per_page=10"))
    names = [row["full_name"] for row in answer.json()]
    assert "/organizations/" in answer.links["next"]["url"]
    while "next" in answer.links:
        answer = session.get(answer.links["next"]["url"])
        names += [row["full_name"] for row in answer.json()]
    assert sorted(names) == sorted(row.full_name for row in load_world().of_owner("sample-hub"))


def test_list_that_fits_on_a_page_has_no_link(served: StandIn, session: requests.Session) -> None:
    assert "Link" not in session.get(api(served, f"/repos/{DRONE}/tags")).headers


def test_budget_is_sixty_without_a_token_and_the_reset_gives_it_back(served: StandIn, clock: HandClock) -> None:
    served.limits.set(remaining=1, reset_in_s=30)
    headers = {"User-Agent": "a-test/1"}
    address = api(served, f"/repos/{DRONE}")
    last, refused = (requests.get(address, headers=headers, timeout=5) for _ in range(2))
    told = [last.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining")]
    assert (last.status_code, told) == (200, ["60", "0"])
    assert (refused.status_code, refused.headers["X-RateLimit-Reset"]) == (403, str(int(clock.now().timestamp()) + 30))
    assert refused.json()["message"] == "API rate limit exceeded for 127.0.0.1."
    clock.sleep(31)
    assert requests.get(address, headers=headers, timeout=5).headers["X-RateLimit-Remaining"] == "59"


def test_rate_limit_tells_the_budget_and_costs_nothing(served: StandIn, session: requests.Session) -> None:
    session.get(api(served, f"/repos/{DRONE}"))
    told = [session.get(api(served, "/rate_limit")).json()["rate"]["remaining"] for _ in range(2)]
    assert told == [4999, 4999]


def test_blob_contents_and_raw_file_are_the_same_bytes(served: StandIn, session: requests.Session) -> None:
    tree = session.get(api(served, f"/repos/{PHYTO}/git/trees/HEAD?recursive=1")).json()["tree"]
    row = next(row for row in tree if row["path"] == "ai4-metadata.yml")
    blob = base64.b64decode(session.get(row["url"]).json()["content"])
    contents = session.get(api(served, f"/repos/{PHYTO}/contents/ai4-metadata.yml"))
    raw = session.get(contents.url, headers={"Accept": "application/vnd.github.raw+json"}).content
    assert (len(blob), contents.json()["sha"]) == (row["size"], row["sha"])
    assert blob == base64.b64decode(contents.json()["content"]) == raw
    assert blob == session.get(served.endpoints["raw"] + f"/{PHYTO}/main/ai4-metadata.yml").content


def test_any_value_of_recursive_recurses_and_submodules_are_commits(served: StandIn, session: requests.Session) -> None:
    flat = session.get(api(served, f"/repos/{DRONE}/git/trees/main")).json()["tree"]
    deep = session.get(api(served, f"/repos/{DRONE}/git/trees/main?recursive=0")).json()["tree"]
    assert {row["path"] for row in deep} - {row["path"] for row in flat} == {"thermal_drone_anomaly/api.py"}
    pins = session.get(api(served, "/repos/sample-hub/modules-catalog/git/trees/main")).json()["tree"]
    assert [row["type"] for row in pins if row["path"] == "phyto-cells"] == ["commit"]


def test_commits_of_a_path_are_those_that_changed_it(served: StandIn, session: requests.Session) -> None:
    rows = session.get(api(served, f"/repos/{PHYTO}/commits?path=ai4-metadata.yml")).json()
    assert [row["commit"]["message"] for row in rows] == ["Explain the classes", "Second version of the metadata"]


def test_log_tells_conditional_and_charged_requests(served: StandIn, session: requests.Session) -> None:
    first = session.get(api(served, f"/repos/{DRONE}"))
    session.get(first.url, headers={"If-None-Match": first.headers["ETag"]})
    told = [(row.status, row.charged, row.conditional, row.with_token, row.user_agent) for row in served.requests]
    assert told == [(200, 1, False, True, "a-test/1"), (304, 0, True, True, "a-test/1")]


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine to compare with")
def test_ids_of_files_trees_and_commits_are_those_that_git_computes(tmp_path: Path) -> None:
    world = load_world()
    first = world.require(DRONE).commits[0]
    for path, node in first.files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(world.blobs[node.sha])
    name, _, address = first.author.rstrip(">").partition(" <")
    known = {"NAME": name, "EMAIL": address, "DATE": first.date}
    environment = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in known.items()}
    environment |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "PATH": os.environ["PATH"]}

    def git(*arguments: str, said: str = "") -> str:
        command = ["git", *arguments]
        return subprocess.check_output(command, cwd=tmp_path, env=environment, input=said.encode()).decode().strip()

    git("init", "-q")
    git("add", "-A")
    assert git("hash-object", "README.md") == first.nodes["README.md"].sha
    assert git("write-tree") == first.tree
    assert git("commit-tree", first.tree, said=first.message) == first.sha
