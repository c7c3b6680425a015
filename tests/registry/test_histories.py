"""Whatever happens in whatever order: nothing public vanishes, the log explains the store, rebuilding is idle."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.events import Failed, Fetched, Gone, Unchanged
from registry.changes import list_changes
from registry.checking import check
from registry.curation import join, split
from registry.errors import CurationError
from registry.followers import run_followers
from registry.modules import list_modules
from registry.rebuilding import rebuild
from registry.services import Services
from registry.sources import source_by_name
from tests.support.store import a_registry, dump, failed, fetched, gone, harvested, statuses, unchanged, unlisted

REPOSITORIES = ("a/trout", "b/trout-finder", "c/perch", "d/fish")
TITLES = ("Finder of trout", "Perch in the lake", "Fish")
OUTCOMES = ("trout", "perch", "fish", "broken", "silent", "same", "gone", "failed", "moved", "absent")

Step = tuple[str, tuple[str, ...]]

harvests = st.tuples(st.sampled_from(("hub", "old")), st.tuples(*(st.sampled_from(OUTCOMES) for _ in REPOSITORIES)))
rulings = st.tuples(
    st.sampled_from(("join", "split")), st.tuples(st.sampled_from(REPOSITORIES), st.sampled_from(REPOSITORIES))
)
unlistable = st.tuples(st.just("unlisted"), st.just(("hub",)))
histories = st.lists(st.one_of(harvests, harvests, rulings, unlistable), min_size=1, max_size=7)


def _event(at: int, name: str, outcome: str, revision: str) -> Fetched | Unchanged | Gone | Failed | None:
    if outcome == "absent":
        return None
    if outcome == "same":
        return unchanged(name)
    if outcome in {"gone", "failed"}:
        return gone(name) if outcome == "gone" else failed(name)
    files = {
        "broken": {"ai4-metadata.yml": b"<html>An error page</html>"},
        "silent": {},
        "moved": {"README.md": b"# This repository is ARCHIVED!\n\nNow in https://github.com/d/fish\n"},
    }.get(outcome)
    title = {"trout": TITLES[0], "perch": TITLES[1], "fish": TITLES[2]}.get(outcome)
    return fetched(name, title, files=files, revision=revision, number=at + 1)


def _do(services: Services, number: int, step: Step) -> set[str]:
    """Carry out one step; returns the keys of what a source stopped listing."""
    kind, parts = step
    if kind == "unlisted":
        unlisted(services, parts[0])
        return set()
    if kind in {"join", "split"}:
        order = join if kind == "join" else split
        try:
            order(services, [f"github.com/{name}" for name in parts])
        except CurationError:
            return set()
        return set()
    events = [_event(at, name, parts[at], f"c{number}") for at, name in enumerate(REPOSITORIES)]
    # What nobody has read before cannot be unchanged.
    known = {each.key for each in _entries(services, kind)}
    told = [each for each in events if each is not None and (not isinstance(each, Unchanged) or each.key in known)]
    harvested(services, kind, *told)
    return {f"github.com/{name}" for name in REPOSITORIES} - {each.entry.key for each in told}


def _entries(services: Services, source: str) -> list[Unchanged]:
    from registry.sources import list_entries

    rows = list_entries(services.database, source)
    return [unchanged(row.key.removeprefix("github.com/")) for row in rows if row.revision and row.state != "delisted"]


@settings(max_examples=25)
@given(histories)
def test_history_when_anything_happens_then_the_promises_hold(history: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with a_registry(f"sqlite:///{home / 'r.sqlite3'}", home / "home", "hub", "old") as services:
            assert source_by_name(services.database, "hub") is not None
            slugs: set[str] = set()
            for number, step in enumerate(history):
                before = {each.module.slug: each for each in list_modules(services.database, limit=100)}
                absent = _do(services, number, step)
                services.clock.sleep(1)
                after = {each.module.slug: each for each in list_modules(services.database, limit=100)}
                slugs |= after.keys()
                assert after.keys() == slugs, "a slug is for ever"
                for slug, was in before.items():
                    listed = {each.key for each in was.module.sources} - absent
                    if was.status == "published" and listed:
                        now = after[slug]
                        assert now.status == "published" or now.merged_into is not None, f"{slug} vanished"
            _the_log_explains_the_store(services)
            run_followers(services)
            stored = dump(services)
            assert rebuild(services, "modules").changes == ()
            assert dump(services) == stored
            assert check(services).differences == ()


def _the_log_explains_the_store(services: Services) -> None:
    log = list_changes(services.database, limit=1000)
    assert [each.sequence for each in log] == list(range(1, len(log) + 1))
    assert [each.datestamp for each in log] == sorted(each.datestamp for each in log)
    expected: dict[str, str] = {}
    for each in log:
        allowed = {
            None: {"created"},
            "published": {"updated", "withdrawn"},
            "withdrawn": {"restored", "withdrawn"},
        }[expected.get(each.slug)]
        assert each.kind in allowed
        expected[each.slug] = "withdrawn" if each.kind == "withdrawn" else "published"
    assert statuses(services) == expected
    for stored in list_modules(services.database, limit=100):
        newest = [each for each in log if each.slug == stored.module.slug][-1]
        assert (stored.sequence, stored.datestamp) == (newest.sequence, newest.datestamp)
