"""Whatever a git server does wrong: one problem in words, nothing lost, and the next harvest is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.bounds import MIB, Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event, Failed, Fetched, Finished, Gone, ListingFailed
from harvester.harvest import harvest
from tests.conftest import missing
from tests.support.answers import Canned, Scripted, session_of
from tests.support.clock import HandClock
from tests.support.git_harvests import META, GitWorld, listing_of
from tests.support.harvests import finding_codes, kinds, of
from tests.support.memory import DictMemory
from tests.support.small_git import HAS_GIT, Kind, SmallGit

KINDS: tuple[Kind, ...] = ("git", "dulwich") if HAS_GIT else ("dulwich",)


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallGit]:
    with SmallGit(tmp_path, request.param) as running:
        yield running


@pytest.fixture
def world(server: SmallGit) -> GitWorld:
    """Three repositories; `mods/victim`, the one in the middle, is to be spoilt."""
    for name in ("mods/first", "mods/victim", "mods/last"):
        server.create(name, {**META, "ai4-metadata.yml": f"title: {name}\n".encode()})
    server.create("lists/hub", {".gitmodules": listing_of(server, "mods/first", "mods/victim", "mods/last")})
    return GitWorld(server, catalogue=f"{server.url}/lists/hub.git")


HTML = {"Content-Type": "text/html; charset=utf-8"}
RESULT = {"Content-Type": "application/x-git-upload-pack-result"}
SHOWN = {"Content-Type": "application/x-git-upload-pack-advertisement"}
ANSWERS: dict[str, tuple[Canned, str, str]] = {
    "html": (Canned(200, b"<html>Sign in</html>", HTML), "unexpected-answer", "The answer (200) is an HTML page."),
    "empty": (Canned(200, b"", {}), "unexpected-answer", "The answer (200) is not of the git protocol."),
    "teapot": (Canned(418, b"", {}), "unexpected-answer", "The answer (418) is not of the git protocol."),
    "busy": (Canned(500, b"", {}), "server-error", "The server answers 500."),
    "forbidden": (Canned(403, b"no", {}), "refused", "The server forbids this (403)."),
    "loop": (Canned(302, b"", {"Location": "/loop"}), "redirects", "The address redirects in a loop."),
    "elsewhere": (
        Canned(302, b"", {"Location": "http://127.66.66.66/x"}), "forbidden-address",
        "127.66.66.66 leads to 127.66.66.66, which is not a public address.",
    ),
    "nonsense": (
        Canned(200, b"what is this", SHOWN), "unexpected-answer",
        "The server says: Invalid pkt-line length prefix: b'what'.",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_answer_for_one_repository_is_a_problem_of_it_alone(world: GitWorld, name: str) -> None:
    answer, kind, message = ANSWERS[name]
    world.server.disturb = {"/mods/victim.git|/loop": answer}
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Fetched", "Fetched", "Finished", "Listed"]
    problem = of(Failed, events)[0].problem
    assert (problem.kind, problem.message, problem.stage) == (kind, message, "refs")
    world.server.disturb = {}
    assert kinds(world.run()) == ["Listed", "Unchanged", "Fetched", "Unchanged", "Finished"]


@pytest.mark.parametrize("name", ANSWERS)
def test_wrong_answer_for_a_catalogue_fails_its_listing(world: GitWorld, name: str) -> None:
    world.run()
    world.server.disturb = {"/lists/hub.git|/loop": ANSWERS[name][0]}
    assert kinds(world.run()) == ["ListingFailed", "Finished"]
    world.server.disturb = {}
    assert kinds(world.run()) == ["Listed", *["Unchanged"] * 3, "Finished"]


LISTINGS: dict[str, tuple[Canned, str]] = {
    "missing": (Canned(404, b"", {}), "The catalogue {name} does not exist, or is not public (404)."),
    "private": (Canned(401, b"", {}), "The catalogue {name} does not exist, or is not public (401)."),
    "page": (Canned(200, b"<!DOCTYPE html>", HTML), "{name} is no git repository: the answer (200) is an HTML page."),
    "dumb": (
        Canned(200, b"1" * 40 + b"\trefs/heads/main\n", {"Content-Type": "text/plain"}),
        "{name} is no git repository: the answer (200) is that of a server without git's smart protocol.",
    ),
}


@pytest.mark.parametrize("name", LISTINGS)
def test_catalogue_that_is_none_is_told_in_a_sentence(world: GitWorld, name: str) -> None:
    world.server.disturb = {"/lists/hub.git": LISTINGS[name][0]}
    (failed,) = of(ListingFailed, world.run())
    hub = f"{world.server.url}/lists/hub"
    kind = "listing" if LISTINGS[name][0].status != 200 else "unexpected-answer"
    assert (failed.problem.kind, failed.problem.message) == (kind, LISTINGS[name][1].format(name=hub))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": b"x"}, "The catalogue {name} has neither MODULES.yml nor .gitmodules."),
        ({".gitmodules": b"<html>\n"}, ".gitmodules holds an HTML page instead of a listing."),
        ({".gitmodules": b"x" * (2 * MIB)}, ".gitmodules has 2097152 bytes, which is too large for a listing."),
    ],
)
def test_catalogue_without_a_list_is_told_in_a_sentence(
    server: SmallGit, files: dict[str, bytes], said: str
) -> None:
    server.create("lists/hub", files)
    (failed,) = of(ListingFailed, GitWorld(server, catalogue=f"{server.url}/lists/hub.git").run())
    assert failed.problem.message == said.format(name=f"{server.url}/lists/hub")


def test_credential_that_is_not_accepted_is_no_missing_repository(world: GitWorld) -> None:
    world.server.disturb = {"/lists/hub.git": Canned(401, b"", {"WWW-Authenticate": "Basic"})}
    (failed,) = of(ListingFailed, world.run(token="expired"))
    assert failed.problem.kind == "refused"
    assert failed.problem.message == "The server does not accept the credential (401)."
    assert "expired" not in repr(failed)


@pytest.mark.parametrize("status", [401, 404, 410, 451])
def test_repository_that_is_not_shown_is_gone_for_now(world: GitWorld, status: int) -> None:
    world.run()
    world.server.disturb = {"/mods/victim.git": Canned(status, b"", {})}
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Gone", "Unchanged", "Finished"]
    gone = of(Gone, events)[0]
    assert (gone.status, gone.final) == (status, False)
    assert gone.reason == f"The repository does not exist, or is not public ({status})."


def test_empty_repository_is_told_and_nothing_else_is_lost(server: SmallGit) -> None:
    server.create("mods/empty")
    server.create("mods/one", META)
    world = GitWorld(server, repositories=[f"{server.url}/mods/empty.git", f"{server.url}/mods/one.git"])
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Fetched", "Finished", "Listed"]
    problem = of(Failed, events)[0].problem
    assert (problem.kind, problem.message) == ("empty-repository", "The repository is empty.")


def test_file_that_is_too_large_is_a_finding_and_the_others_are_read(server: SmallGit) -> None:
    noise = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(50_000))
    server.create("mods/one", {**META, "README.md": noise})
    events = GitWorld(server, repositories=[f"{server.url}/mods/one.git"]).run()
    (fetched,) = of(Fetched, events)
    assert "ai4-metadata.yml" in [each.path for each in fetched.documents]
    assert [(each.code, each.message) for each in fetched.findings] == [
        ("document-too-large", "README.md is too large to be read (1.5 MiB).")
    ]


@pytest.mark.parametrize("server", KINDS[:1], indirect=True)
def test_file_larger_than_any_answer_may_be_is_a_finding_too(
    server: SmallGit, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server.kind == "dulwich":
        missing("git is not installed: the other server sends all files in one pack")
    monkeypatch.setattr("harvester.sources.git_remote.MOST_PACKED", 60_000)
    noise = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(3_000))
    server.create("mods/one", {**META, "README.md": noise})
    (fetched,) = of(Fetched, GitWorld(server, repositories=[f"{server.url}/mods/one.git"]).run())
    assert [each.path for each in fetched.documents] == ["api:git-refs", "api:git-commits", "ai4-metadata.yml"]
    assert [each.message for each in fetched.findings] == [
        "README.md is too large to be read (more than the server may send)."
    ]


def test_repository_whose_newest_state_is_too_large_says_so(
    world: GitWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run()
    noise = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(3_000))
    files = {f"f{number}": noise[number * 100 :] for number in range(40)}
    world.server.repos["mods/victim"].commit({**META, **files})
    monkeypatch.setattr("harvester.sources.git_remote.MOST_PACKED", 1_000 if world.server.kind == "git" else 60_000)
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Finished", "Listed", "Unchanged", "Unchanged"]
    assert of(Failed, events)[0].problem.kind == "too-large"


def test_repository_with_too_many_files_is_read_at_its_root(server: SmallGit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvester.sources.git_objects.MOST_ROWS", 4)
    files = {**META, "docker/Dockerfile": b"FROM a/b\n", "data/a": b"a", "data/b": b"b"}
    server.create("mods/one", files)
    events = GitWorld(server, repositories=[f"{server.url}/mods/one.git"]).run()
    assert [each.path for each in of(Fetched, events)[0].documents][2:] == [
        "README.md", "ai4-metadata.yml", "docker/Dockerfile",
    ]
    assert finding_codes(events) == ["tree-truncated"]


def _after_head(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Spoils a pack, and no other answer."""

    def spoil(body: bytes) -> bytes:
        at = body.find(b"PACK") + 12
        return body[:at] + change(body[at:]) if at > 12 else body

    return spoil


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": _after_head(lambda body: body[: len(body) // 2]),
    "without its end": _after_head(lambda body: body[:-30]),
    "one byte wrong": _after_head(lambda body: body[:5] + bytes([body[5] ^ 255]) + body[6:]),
    "turned": _after_head(lambda body: body[::-1]),
    "nothing": _after_head(lambda _: b""),
}


@pytest.mark.parametrize("spoil", SPOILT)
def test_pack_that_comes_damaged_is_a_problem_and_nothing_of_it_is_kept(world: GitWorld, spoil: str) -> None:
    world.server.disturb = {"POST /mods/victim.git": SPOILT[spoil]}
    events = world.run()
    assert sorted(kinds(events)) == ["Failed", "Fetched", "Fetched", "Finished", "Listed"]
    assert of(Failed, events)[0].problem.kind == "unexpected-answer"
    world.server.disturb = {}
    assert kinds(world.run()) == ["Listed", "Unchanged", "Fetched", "Unchanged", "Finished"]


def test_server_that_is_down_ends_the_harvest_and_loses_nothing(server: SmallGit) -> None:
    names = [f"mods/m{number}" for number in range(7)]
    for name in names:
        server.create(name, META)
    world = GitWorld(server, repositories=[f"{server.url}/{name}.git" for name in names])
    world.run()
    events = GitWorld(server, **world.settings).run()
    assert kinds(events)[1:-1] == ["Fetched"] * 7
    world.limits = replace(world.limits, read_s=0.2, total_s=0.2)
    server.stopped.set()
    events = world.run()
    server.stopped.clear()
    assert kinds(events) == ["Listed", *["Failed"] * 5, "Finished"]
    assert of(Finished, events)[0].complete is False


# Anything at all


class Tape:
    """What a server answered in one good harvest, to be played again with something wrong in it."""

    def __init__(self, folder: Path) -> None:
        with SmallGit(folder, KINDS[0]) as server:
            server.create("mods/one", {**META, "docker/Dockerfile": b"FROM a/b\n"})
            world = GitWorld(server, repositories=[f"{server.url}/mods/one.git"])
            world.run()
            self.answers = server.answers
            self.settings = world.settings
            self.url = server.url

    def play(self, spoil: Callable[[int, bytes], bytes]) -> list[Event]:
        """Harvest from the tape; `spoil` is given the number of the answer and its bytes."""
        count = iter(range(1_000))

        def answer(request: requests.PreparedRequest) -> Canned:
            target = str(request.url).removeprefix(self.url)
            body = request.body if isinstance(request.body, bytes) else b""
            found = self.answers.get((str(request.method), target, body), Canned(404, b"", {}))
            return Canned(found.status, spoil(next(count), found.body), found.headers)

        endpoints, memory, clock = Endpoints(), DictMemory(), HandClock()
        client = Client(
            session_of(Scripted(answer)), memory, endpoints, clock, contact="us@example.org", limits=Limits(tries=1)
        )
        return list(harvest("src", "git", self.settings, endpoints, client, memory, clock))


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    return Tape(tmp_path_factory.mktemp("tape"))


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_bytes_a_server_sends_one_entry_has_one_outcome(tape: Tape, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, 3))
    at = data.draw(st.integers(0, 600))
    instead = data.draw(st.binary(max_size=40))
    length = data.draw(st.integers(0, 40))

    def spoil(number: int, body: bytes) -> bytes:
        return body[:at] + instead + body[at + length :] if number == which else body

    names = kinds(tape.play(spoil))
    assert names[0] == "Listed"
    assert names[-1] == "Finished"
    assert names[1:-1] in (["Fetched"], ["Failed"], ["Gone"])


def test_tape_that_is_not_spoilt_plays_the_harvest(tape: Tape) -> None:
    assert kinds(tape.play(lambda _, body: body)) == ["Listed", "Fetched", "Finished"]
