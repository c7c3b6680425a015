"""One thing of the world is broken: it is told by name, everything else is as if nothing were, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from harvester.bounds import MIB
from registry.findings import StoredFinding
from registry.holding import approve, discard
from registry.runs import RunStatus
from tests.standin.gitobjects import FILE, Node
from tests.standin.server import StandIn
from tests.support.small_catalogue import (
    CATALOGUE,
    LISTING,
    METADATA,
    NAMES,
    VICTIM,
    VICTIM_LINE,
    files_of,
    listing_of,
    small_catalogue,
)
from tests.support.small_registry import SmallRegistry, small_registry
from vocab.findings import FINDINGS

Spoil = Callable[[StandIn], object]
SLUG, OTHERS = "victim", ("one", "two", "reef", "d-deep-oc-reef", "six", "seven")
HONEST, PARTIAL = RunStatus.FINDINGS, RunStatus.PARTIAL


@dataclass(frozen=True)
class Case:
    """One broken thing: how it comes about, the finding that names it, and how the run ends.

    `file` and `line` are the finding's place. `shown` says whether a first harvest shows a module for the repository,
    `stale` whether a later one says that it shows the last good version.
    """

    name: str
    spoil: Spoil
    code: str
    file: str = LISTING
    line: int | None = VICTIM_LINE
    status: RunStatus = HONEST
    ends: int = 3
    shown: bool = True
    stale: bool = False
    later: bool = True


def _private(standin: StandIn) -> None:
    standin.world.require(VICTIM).private = True


def _empty(standin: StandIn) -> None:
    standin.delete_repo(VICTIM)
    standin.create_repo(VICTIM, {})


def _other_branch(standin: StandIn) -> None:
    standin.world.require(VICTIM).branch = "trunk"
    lines = listing_of(*NAMES).splitlines(keepends=True)
    standin.change(CATALOGUE, LISTING, "".join([*lines[:VICTIM_LINE], "\tbranch = main\n", *lines[VICTIM_LINE:]]))


def _large(path: str) -> Spoil:
    def spoil(standin: StandIn) -> None:
        repository = standin.world.require(VICTIM)
        assert repository.head is not None
        files = repository.head.files() | {path: Node(FILE, "ab" * 20, 300 * MIB)}
        standin.world.commit(repository, files, "Something large")

    return spoil


def _content(text: str | bytes | None, path: str = METADATA) -> Spoil:
    return lambda standin: standin.change(VICTIM, path, text)


def _fault(mode: str, below: str = "") -> Spoil:
    return lambda standin: standin.fault(f"/repos/{VICTIM}{below}", mode)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
PAGE = "<!DOCTYPE html><html><body>404</body></html>\n"
FAULTS = (
    "gzip-bomb:8", "huge:8", "html", "timeout:3", "truncate", "reset", "redirect-loop", "redirect-private",
    "status:500", "status:403", "garbage-json", "empty-200",
)
CASES = (
    Case("missing", lambda standin: standin.delete_repo(VICTIM), "entry-unreachable", shown=False),
    Case("private", _private, "entry-unreachable", shown=False),
    Case("empty", _empty, "entry-empty", shown=False),
    Case("renamed", lambda standin: standin.rename(VICTIM, "e/renamed"), "repository-renamed", ends=0, shown=False),
    Case("another-branch", _other_branch, "branch-missing", ends=0),
    Case("no-metadata", _content(None), "no-metadata", "", None, stale=True),
    Case("large-readme", _large("README.md"), "document-too-large", "README.md", None),
    Case("large-metadata", _large(METADATA), "document-too-large", METADATA, None, stale=True),
    Case("yaml-bomb", _content(BOMB), "yaml-unreadable", METADATA, 5, stale=True),
    Case("deep-yaml", _content("title: " + "[" * 20_000), "yaml-unreadable", METADATA, 1, stale=True),
    Case("deep-json", _content("[" * 100_000, "metadata.json"), "json-unreadable", "metadata.json", 1),
    Case("packed", _content(b"\x1f\x8b\x08\x00" + bytes(200)), "document-not-text", METADATA, 1, stale=True),
    Case("a-page", _content(PAGE), "document-not-text", METADATA, 1, stale=True),
    Case("nothing", _content(""), "document-not-text", METADATA, 1, stale=True),
    Case("a-text", _content("just text\n"), "shape-unexpected", METADATA, 1, stale=True),
    *(Case(f"answer-{mode}", _fault(mode), "entry-failed", status=PARTIAL, shown=False) for mode in FAULTS),
    # Known files and trees are not asked for again, so this can hit the first harvest only.
    *(
        Case(f"{mode}{below}", _fault(mode, below), "entry-failed", status=PARTIAL, shown=False, later=False)
        for mode, below in (("garbage-json", "/git/trees"), ("html", "/git/blobs"))
    ),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is published when nothing is broken."""
    with small_catalogue() as standin, small_registry(standin, tmp_path_factory.mktemp("good")) as registry:
        registry.harvest()
        return registry.modules()


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with small_catalogue() as running:
        yield running


@pytest.fixture
def registry(standin: StandIn, tmp_path: Path) -> Iterator[SmallRegistry]:
    with small_registry(standin, tmp_path / "home") as opened, capture_logs() as logs:
        yield opened
        # Whatever came in was foreseen: nothing of it was an error of ours.
        assert [row for row in logs if row["log_level"] in ("error", "critical")] == []


def _named(registry: SmallRegistry, case: Case) -> StoredFinding:
    found: StoredFinding
    (found,) = [each for each in registry.findings() if each.code == case.code and (each.file or "") == case.file]
    return found


def _published(registry: SmallRegistry) -> set[str]:
    return {slug for slug, form in registry.modules().items() if form["status"] == "published"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input_at_a_first_harvest_is_named_and_harms_nothing_else(
    standin: StandIn, registry: SmallRegistry, good: dict[str, dict[str, Any]], case: Case
) -> None:
    case.spoil(standin)
    run, code = registry.harvest()
    found, modules = _named(registry, case), registry.modules()
    assert (found.line, found.mend != "", found.severity) == (case.line, True, FINDINGS[case.code].severity)
    assert (run.status, code) == (case.status, case.ends)
    assert {slug: modules[slug] for slug in OTHERS} == {slug: good[slug] for slug in OTHERS}
    assert (SLUG in modules) is case.shown


@pytest.mark.parametrize("case", [case for case in CASES if case.later], ids=lambda case: case.name)
def test_bad_input_after_a_good_harvest_is_named_and_the_last_good_record_stays(
    standin: StandIn, registry: SmallRegistry, good: dict[str, dict[str, Any]], case: Case
) -> None:
    assert registry.harvest()[1] == 0
    case.spoil(standin)
    run, code = registry.harvest()
    found, modules = _named(registry, case), registry.modules()
    assert (found.module, found.line) == (SLUG, case.line)
    assert ("last-good-kept" in {each.code for each in registry.findings()}) is case.stale
    assert (run.status, code, run.counts["withdrawn"]) == (case.status, case.ends, 0)
    assert {slug: modules[slug] for slug in OTHERS} == {slug: good[slug] for slug in OTHERS}
    for key in ("title", "summary", "description", "licence", "status", "libraries", "tasks"):
        assert modules[SLUG].get(key) == good[SLUG].get(key), key
    if case.status is PARTIAL:
        standin.faults.rules.clear()
        assert registry.harvest()[1] == 0
        assert registry.modules() == good


@pytest.mark.parametrize("name", ["another-branch", "large-readme", "renamed"])
def test_finding_of_fetching_holds_while_nothing_moves_and_costs_nothing(
    standin: StandIn, registry: SmallRegistry, name: str
) -> None:
    case = next(each for each in CASES if each.name == name)
    case.spoil(standin)
    registry.harvest()
    before = registry.findings()
    _named(registry, case)
    standin.fault(f"/repos/{VICTIM}|/repositories/", "status:500", times=4)
    registry.harvest()
    _named(registry, case)
    standin.faults.rules.clear()
    run, _ = registry.harvest()
    assert run.counts["unchanged"] == len(NAMES)
    assert sorted(map(_told, registry.findings())) == sorted(map(_told, before))


def test_large_file_that_nothing_reads_is_neither_fetched_nor_told(standin: StandIn, registry: SmallRegistry) -> None:
    _large("weights.bin")(standin)
    run, code = registry.harvest()
    assert (run.status, code) == (HONEST, 0)
    assert not any(row.target.endswith("ab" * 20) for row in standin.requests)
    assert "document-too-large" not in {each.code for each in registry.findings()}


def _told(found: StoredFinding) -> tuple[str, ...]:
    return tuple(str(getattr(found, name)) for name in ("code", "entry", "file", "line", "message", "module"))


def _listing(text: str | bytes | None) -> Spoil:
    return lambda standin: standin.change(CATALOGUE, LISTING, text)


def _list_fault(mode: str) -> Spoil:
    def spoil(standin: StandIn) -> None:
        standin.change(CATALOGUE, "README.md", "# Moved\n")
        standin.fault(f"/repos/{CATALOGUE}", mode)

    return spoil


WHOLE, CUT = listing_of(*NAMES), ".gitmodules looks cut off: it ends in the middle of a line."
BAD_LISTINGS: dict[str, tuple[Spoil, str]] = {
    "empty": (_listing(""), ".gitmodules is empty."),
    "truncated": (_listing(WHOLE[: WHOLE.index("f/six")]), CUT),
    "no final newline": (_listing(WHOLE.rstrip()), CUT),
    "a page": (_listing(PAGE), ".gitmodules holds an HTML page instead of a listing."),
    "no list": (_listing(None), "The catalogue lists/hub has neither MODULES.yml nor .gitmodules."),
    "binary": (_listing(b"\x00\x01\n"), ".gitmodules is no text."),
    "404": (
        lambda standin: standin.delete_repo(CATALOGUE), "The catalogue lists/hub does not exist, or is not public."
    ),
    "500": (_list_fault("status:500"), "The server answers 500."),
    "a page instead of JSON": (
        _list_fault("html"), "The answer (200) is an HTML page, not what GitHub's API promises."
    ),
    "cut JSON": (_list_fault("truncate"), "No answer from the server: "),
    "timing out": (_list_fault("timeout:3"), "The server did not answer within 0.3 s."),
    "reset": (_list_fault("reset"), "No answer from the server: "),
    "redirect loop": (_list_fault("redirect-loop"), "The address redirects in a loop."),
    "redirect to a private address": (
        _list_fault("redirect-private"), "127.66.66.66 leads to 127.66.66.66, which is not a public address."
    ),
    "too large": (_list_fault("huge:8"), "The answer is larger than 4 MiB."),
}


@pytest.mark.parametrize("name", BAD_LISTINGS)
def test_bad_listing_removes_nothing_fails_the_run_and_is_said_in_a_line(
    standin: StandIn, registry: SmallRegistry, good: dict[str, dict[str, Any]], name: str
) -> None:
    registry.harvest()
    spoil, message = BAD_LISTINGS[name]
    spoil(standin)
    run, code = registry.harvest()
    assert (run.status, code, run.counts["withdrawn"]) == (RunStatus.FAILED, 1, 0)
    assert run.problem is not None
    assert run.problem["message"].startswith(message)
    assert "\n" not in run.problem["message"] + run.problem["mend"]
    assert [each.code for each in registry.findings() if each.code.startswith("listing")] == ["listing-failed"]
    assert registry.modules() == good


def test_bad_listing_when_mended_is_forgotten(standin: StandIn, registry: SmallRegistry) -> None:
    registry.harvest()
    standin.change(CATALOGUE, LISTING, "")
    registry.harvest()
    standin.change(CATALOGUE, LISTING, WHOLE)
    assert registry.harvest()[1] == 0
    assert [each.code for each in registry.findings() if each.code == "listing-failed"] == []


@pytest.mark.parametrize("approved", [True, False])
def test_listing_that_loses_much_is_held_until_somebody_decides(
    standin: StandIn, registry: SmallRegistry, good: dict[str, dict[str, Any]], approved: bool
) -> None:
    registry.harvest()
    standin.change(CATALOGUE, LISTING, listing_of(*NAMES[:2]))
    run, code = registry.harvest()
    assert (run.status, code) == (RunStatus.HELD, 3)
    assert run.held is not None
    keys = sorted(f"github.com/{name}" for name in NAMES[2:])
    day = registry.services.clock.now().date().isoformat()
    assert (run.held["keys"], run.held["known"]) == (keys, 7)
    told = {(each["key"], each["reason"]) for each in run.held["removals"]}
    assert told == {(key, f"no longer listed by hub since {day}") for key in keys}
    assert registry.modules() == good
    if approved:
        assert approve(registry.services, run.id) == ["reef", "d-deep-oc-reef", "victim", "six", "seven"]
        assert _published(registry) == {"one", "two"}
    else:
        discard(registry.services, run.id)
        assert registry.modules() == good
        # What a person keeps is not asked again while the list stays as it is.
        assert registry.harvest()[0].status is not RunStatus.HELD
        assert registry.modules() == good


def test_listing_that_loses_few_withdraws_them_and_the_next_one_brings_them_back(
    standin: StandIn, registry: SmallRegistry
) -> None:
    registry.harvest()
    standin.change(CATALOGUE, LISTING, listing_of(*NAMES[:-1]))
    run, code = registry.harvest()
    assert (run.counts["withdrawn"], code) == (1, 0)
    assert _published(registry) == {"one", "two", "reef", "d-deep-oc-reef", "victim", "six"}
    standin.change(CATALOGUE, LISTING, WHOLE)
    run, _ = registry.harvest()
    assert run.counts["restored"] == 1
    assert "seven" in _published(registry)


def test_new_repository_that_is_broken_first_and_mended_later_comes_in(
    standin: StandIn, registry: SmallRegistry
) -> None:
    standin.create_repo("h/new", {METADATA: PAGE})
    standin.change(CATALOGUE, LISTING, listing_of(*NAMES, "h/new"))
    registry.harvest()
    assert "document-not-text" in {each.code for each in registry.findings()}
    standin.change("h/new", METADATA, files_of("Something new")[METADATA])
    assert registry.harvest()[1] == 0
    assert registry.modules()["new"]["title"] == "Something new"
