"""What commits of a catalogue say: whole sentences that name both, and nothing else."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.events import Entry, Fetched, Listed, Unchanged
from harvester.sources.catalogue_commits import notes_of
from tests.support.answers import Canned
from tests.support.harvests import META, World, catalogue, kinds, of
from tests.support.small_github import API, Repo
from vocab.record import CatalogueNote, Listing

HUB = "github.com/hub"


def entry(name: str, path: str | None = None) -> Entry:
    url = f"https://github.com/{name}"
    return Entry(f"github.com/{name.lower()}", url, Listing(url, ".gitmodules", 3, None, path))


ENTRIES = (
    entry("hub/otter-llm"), entry("Hub/Seal", "tools/seal"), entry("lab/heron"), entry("hub/twin"), entry("lab/twin"),
)


def said(*messages: str) -> list[tuple[str, str, str]]:
    """Kind, old and new key of every note; the messages stand from the newest to the oldest."""
    notes = notes_of([(f"{number:040x}", message) for number, message in enumerate(messages)], ENTRIES)
    return [(note.kind, note.key, key) for key, found in notes.items() for note in found]


@pytest.mark.parametrize("message", [
    "rename old-llm to otter-llm", "Renamed old-llm into otter-llm.", "rename old-llm -> otter-llm",
    "rename old-llm→otter-llm", "Rename old-llm->otter-llm (#12)", "old-llm renamed to otter-llm",
    "old-llm was renamed to otter-llm!", "move old-llm to otter-llm", "Moved hub/old-llm to hub/otter-llm",
    "rename `Old-LLM` as `Otter-LLM`", "* Rename submodule old-llm to otter-llm",
    "fix(list): rename old-llm to otter-llm",
    "rename and re-add otter-llm\n\nrename old-llm to otter-llm\n", "Update pins; rename old-llm to otter-llm",
    "Update pins. Rename old-llm to otter-llm.", "[hub] rename old-llm to otter-llm\r\n",
])
def test_rename_that_names_both_is_a_note(message: str) -> None:
    assert said(message) == [("renamed", f"{HUB}/old-llm", f"{HUB}/otter-llm")]


@pytest.mark.parametrize("message", [
    "replace lab/old with otter-llm", "replaced lab/old by hub/otter-llm", "otter-llm replaces lab/old",
    "Otter-LLM supersedes lab/old.", "lab/old superseded by otter-llm", "lab/old is replaced by otter-llm (#4)",
])
def test_replacement_that_names_both_is_another_note(message: str) -> None:
    assert said(message) == [("replaces", "github.com/lab/old", f"{HUB}/otter-llm")]


@pytest.mark.parametrize("message", [
    "rename and re-add otter-llm", "adding otter-llm after renaming", "rename file", "rename README.md to otter-llm",
    "replace logo with png", "replace logo with otter-llm", "rename it to otter-llm", "rename submodule to otter-llm",
    "rename old-llm to nothing-listed", "rename otter-llm to Otter-LLM", "rename hub/otter-llm to otter-llm",
    "do not rename old-llm to otter-llm", "rename old-llm to otter-llm or not", "we could rename old-llm to otter-llm",
    'Revert "rename old-llm to otter-llm"', "revert: rename old-llm to otter-llm", "rename old-llm to twin",
    "replace old-llm with otter-llm and heron", "rename ../../etc to otter-llm", "rename a/b/c to otter-llm",
    "rename <b>old</b> to otter-llm", "rename old-llm to otter-llm\x00", "otter-llm replaces everything", "",
    "rename " + "a" * 200 + " to otter-llm", "old-llm moves over to otter-llm soon", "rename old\u2010llm to otter-llm",
])
def test_message_that_names_no_other_repository_is_no_note(message: str) -> None:
    assert said(message) == []


def test_names_are_those_of_what_is_listed_by_path_too_else_beside_the_later_one() -> None:
    assert said("rename pup to tools/seal") == [("renamed", f"{HUB}/pup", f"{HUB}/seal")]
    assert said("rename stork to heron") == [("renamed", "github.com/lab/stork", "github.com/lab/heron")]
    assert said("heron replaces tools/seal") == [("replaces", f"{HUB}/seal", "github.com/lab/heron")]


def test_of_two_that_contradict_each_other_the_newer_counts() -> None:
    assert said("rename pup to seal", "rename pup to otter-llm") == [("renamed", f"{HUB}/pup", f"{HUB}/seal")]
    assert said("seal replaces hub/pup", "rename pup to seal") == [("replaces", f"{HUB}/pup", f"{HUB}/seal")]


def test_what_was_reverted_is_not_said_and_what_was_brought_back_is() -> None:
    renamed = [("renamed", f"{HUB}/pup", f"{HUB}/seal")]
    undone = f'Revert "rename pup to seal"\n\nThis reverts commit {2:040x}.'
    again = f"Reapply\n\nThis reverts commit {1:040x}."
    assert said("Update", undone, "rename pup to seal") == []
    assert said("Update", f"Undo\n\nThis reverts commit {2:040x}.", "rename pup to seal") == []
    assert said("Update", f"Undo\n\nThis reverts commit {7:040x}.", "rename pup to seal") == renamed
    assert said(again, undone, "rename pup to seal") == renamed


def test_notes_of_one_entry_are_bounded() -> None:
    assert len(said("\n".join(f"rename old-{number} to seal" for number in range(99)))) == 10


@given(st.lists(st.text(max_size=60).map(lambda text: f"rename {text} to seal"), max_size=4))
def test_any_message_gives_canonical_keys_or_nothing(messages: list[str]) -> None:
    for _, old, new in said(*messages):
        assert new == f"{HUB}/seal"
        assert old.count("/") == 2
        assert old == old.lower()
        assert old.isascii()


@pytest.mark.parametrize("part", ["rename ", "a-", "a/", "` ", "(", "the module ", "a.", "\t", "[a] "])
def test_hostile_message_is_read_in_no_time(part: str) -> None:
    begun = time.perf_counter()
    said(*[part * 50_000, "rename " + part * 40, *[("rename " + part * 40 + "\n") * 20] * 20])
    assert time.perf_counter() - begun < 2


# In a harvest

RENAME = "rename old-one to one"


def notes(events: list[object]) -> list[CatalogueNote]:
    listed = next(each for each in events if isinstance(each, Listed))
    return [note for each in listed.entries for note in each.listing.notes]


def a_world(*messages: str) -> World:
    listing = catalogue("mods/one")
    listing.messages = list(messages)
    return World(listing, Repo("mods/one", META))


def test_harvest_hands_on_what_the_commits_say_with_the_commit() -> None:
    fetched = of(Fetched, a_world("Update", RENAME).run())[0]
    (note,) = fetched.entry.listing.notes
    assert (note.kind, note.key, len(note.commit or "")) == ("renamed", "github.com/mods/old-one", 40)


def test_harvest_after_such_a_commit_only_moves_the_listing() -> None:
    world = a_world("Update")
    world.run()
    world.github.repos["sample/catalogue"].messages.insert(0, RENAME)
    events = world.run()
    assert kinds(events) == ["Listed", "Unchanged", "Finished"]
    assert [each.key for each in of(Unchanged, events)[0].entry.listing.notes] == ["github.com/mods/old-one"]


@pytest.mark.parametrize("answer", [
    Canned(500), Canned(404, b"{}"), Canned(409, b"{}"), Canned(403, b"{}"), Canned(200, b"<html>"), Canned(200, b"{}"),
    Canned(200, json.dumps([{"sha": "0" * 40, "commit": {"message": None}}]).encode()), OSError("silent"),
])
def test_harvest_that_cannot_have_the_commits_lists_all_the_same_and_keeps_what_they_said(
    answer: Canned | Exception,
) -> None:
    world = a_world(RENAME)
    world.github.disturb["path=.gitmodules"] = answer
    first = world.run()
    assert (kinds(first), notes(list(first))) == (["Listed", "Fetched", "Finished"], [])
    world.github.disturb.clear()
    told = notes(list(world.run()))
    assert len(told) == 1
    world.github.disturb["path=.gitmodules"] = answer
    events = world.run()
    assert (kinds(events), notes(list(events))) == (["Listed", "Unchanged", "Finished"], told)


def test_harvest_reads_all_pages_of_the_commits() -> None:
    world = a_world("Update")
    commits = json.dumps([{"sha": "1" * 40, "commit": {"message": "Update"}}]).encode()
    renamed = json.dumps([{"sha": "2" * 40, "commit": {"message": RENAME}}]).encode()
    world.github.disturb["path=.gitmodules.*page=2"] = Canned(200, renamed, {"ETag": '"2"'})
    following = f'<{API}/repos/sample/catalogue/commits?sha=main&path=.gitmodules&page=2>; rel="next"'
    world.github.disturb["path=.gitmodules"] = Canned(200, commits, {"ETag": '"1"', "Link": following})
    (note,) = notes(list(world.run()))
    assert (note.kind, note.key, note.commit) == ("renamed", "github.com/mods/old-one", "2" * 40)
