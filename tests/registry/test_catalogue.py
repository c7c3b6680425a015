"""The write path over both databases: what events make of modules, changes and findings."""

from __future__ import annotations

import orjson
import pytest

from harvester.events import Event, Finished, Listed, Requests
from registry.changes import list_changes
from registry.findings import list_findings
from registry.harvesting import apply_run
from registry.modules import face_of, module_by_slug, origins_of, slug_of_alias
from registry.oai_records import get_record
from registry.runs import RunStatus
from registry.services import Services
from registry.source_rows import list_entries, require_source
from tests.support.store import (
    BASE_URL,
    changes,
    dump,
    failed,
    fetched,
    gone,
    harvested,
    metadata_of,
    register,
    statuses,
    unchanged,
    unlisted,
)
from vocab.faces import FACES


def test_fetched_when_new_then_module_with_origins_faces_and_one_change(services: Services) -> None:
    run = harvested(services, "hub", fetched("a/fish-finder", "Fish finder"))

    stored = module_by_slug(services.database, "fish-finder")
    assert stored is not None
    form = orjson.loads(stored.canonical)
    assert form["title"] == "Fish finder"
    assert form["uri"] == f"{BASE_URL}/id/module/fish-finder"
    assert form["datestamp"] == "2026-01-02T03:04:05Z"
    assert form["sequence"] == 1
    assert [each["source"] for each in form["sources"]] == ["hub"]
    assert origins_of(services.database, "fish-finder")["title"][0]["origin"]["file"] == "ai4-metadata.yml"
    for name, spec in FACES.items():
        for each in spec.serialisations:
            face = face_of(services.database, "fish-finder", name, each.extension)
            assert face is not None
            assert face.last_modified == form["datestamp"]
    record = get_record(services.database, "oai_dc", "oai:registry.example.org:fish-finder")
    assert record is not None
    assert b"Fish finder" in record
    assert changes(services) == [("created", "fish-finder")]
    assert (run.counts["listed"], run.counts["fetched"], run.counts["created"]) == (1, 1, 1)


def test_unchanged_when_nothing_moved_then_not_a_row_is_written(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"), gone("a/three"))
    before = dump(services, without=("run", "run_failure"))
    services.clock.sleep(3600)

    run = harvested(services, "hub", unchanged("a/one"), unchanged("a/two"), gone("a/three"))

    assert dump(services, without=("run", "run_failure")) == before
    assert (run.counts["unchanged"], run.counts["failed"], run.counts.get("updated", 0)) == (2, 1, 0)


def test_fetched_when_content_is_the_same_then_datestamp_stays(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    services.clock.sleep(3600)

    harvested(services, "hub", fetched("a/one", "One", revision="c2"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.datestamp == "2026-01-02T03:04:05Z"
    assert stored.module.sources[0].revision == "c2"
    assert changes(services) == [("created", "one")]


def test_fetched_when_content_moved_then_datestamp_and_sequence_move(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    services.clock.sleep(3600)

    harvested(services, "hub", fetched("a/one", "One and more", revision="c2"))

    (_, newest) = list_changes(services.database)
    assert (newest.kind, newest.sequence, newest.datestamp) == ("updated", 2, "2026-01-02T04:04:05Z")
    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert (stored.module.title, stored.sequence) == ("One and more", 2)


def test_datestamp_when_the_clock_runs_back_then_never_behind_an_earlier_one(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    services.clock.advance(-86_400)  # type: ignore[attr-defined]

    harvested(services, "hub", fetched("a/one", "Two", revision="c2"))

    assert [each.datestamp for each in list_changes(services.database)] == ["2026-01-02T03:04:05Z"] * 2


@pytest.mark.parametrize("outcome", [gone, failed])
def test_entry_when_it_cannot_be_read_any_more_then_last_good_record_stays(services: Services, outcome: object) -> None:
    assert callable(outcome)
    harvested(services, "hub", fetched("a/one", "One"))

    run = harvested(services, "hub", outcome("a/one", line=7))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert (stored.status, stored.module.title) == ("published", "One")
    code = "entry-unreachable" if outcome is gone else "entry-failed"
    (found,) = list_findings(services.database, code=code)
    assert (found.module, found.entry, found.file, found.line) == ("one", "github.com/a/one", "MODULES.yml", 7)
    assert stored.module.findings["error"] == 1
    assert changes(services) == [("created", "one")]
    assert run.status is (RunStatus.FINDINGS if outcome is gone else RunStatus.PARTIAL)


def test_entry_when_it_comes_back_then_finding_goes(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    harvested(services, "hub", failed("a/one"))

    harvested(services, "hub", unchanged("a/one"))

    assert list_findings(services.database, code="entry-failed") == []
    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert "error" not in stored.module.findings


def test_entry_when_it_was_never_read_then_no_module(services: Services) -> None:
    run = harvested(services, "hub", gone("a/one"), failed("a/two"))

    assert statuses(services) == {}
    assert {each.key: each.state for each in list_entries(services.database, "hub")} == {
        "github.com/a/one": "unreachable", "github.com/a/two": "failed",
    }
    assert run.counts["failed"] == 2


def test_listing_when_it_fails_then_nothing_is_withdrawn(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))

    run = unlisted(services, "hub")

    assert statuses(services) == {"one": "published"}
    assert run.status is RunStatus.FAILED
    (found,) = list_findings(services.database, code="listing-failed")
    assert found.message == "MODULES.yml is empty."
    assert found.mend == "Check the catalogue's file."
    assert found.expected is None


def test_delisted_when_small_then_tombstone_everywhere(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    services.clock.sleep(60)

    run = harvested(services, "hub", unchanged("a/two"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.status == "withdrawn"
    assert stored.module.withdrawn_reason == "no longer listed by hub since 2026-01-02"
    assert b"About One" not in stored.canonical
    record = get_record(services.database, "oai_dc", "oai:registry.example.org:one")
    assert record is not None
    assert b'<header status="deleted">' in record
    assert changes(services)[-1] == ("withdrawn", "one")
    assert run.counts["withdrawn"] == 1


def test_delisted_when_listed_again_then_restored_under_its_slug(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "hub", unchanged("a/two"))

    harvested(services, "hub", unchanged("a/two"), fetched("a/one", "One"))

    assert statuses(services) == {"one": "published", "two": "published"}
    assert changes(services)[-1] == ("restored", "one")


def test_delisted_when_another_source_lists_it_then_it_stays(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "old", fetched("a/one", "One"))

    harvested(services, "hub", unchanged("a/two"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.status == "published"
    assert [each.source for each in stored.module.sources] == ["old"]


def test_delisted_when_grace_runs_are_set_then_only_the_last_listing_counts(services: Services) -> None:
    register(services, "slow", grace_runs=2)
    harvested(services, "slow", fetched("a/one", "One"), fetched("a/two", "Two"))

    harvested(services, "slow", unchanged("a/two"))
    assert statuses(services)["one"] == "published"

    harvested(services, "slow", unchanged("a/two"))
    assert statuses(services)["one"] == "withdrawn"


def test_document_when_newer_does_not_parse_then_last_good_version_is_shown(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))

    broken = fetched("a/one", files={"ai4-metadata.yml": b"<!doctype html><p>no metadata"}, revision="c2")
    harvested(services, "hub", broken)

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "One"
    (kept,) = list_findings(services.database, code="last-good-kept")
    assert (kept.module, kept.file, kept.found) == ("one", "ai4-metadata.yml", "c1")
    assert changes(services) == [("created", "one")]


def test_document_when_mended_then_new_version_is_shown_and_finding_goes(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    harvested(services, "hub", fetched("a/one", files={"ai4-metadata.yml": b"{"}, revision="c2"))

    harvested(services, "hub", fetched("a/one", "One, mended", revision="c3"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "One, mended"
    assert list_findings(services.database, code="last-good-kept") == []


def test_metadata_file_when_it_vanishes_then_its_last_version_stays(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))

    harvested(services, "hub", fetched("a/one", files={"README.md": b"# Something\n\nA text.\n"}, revision="c2"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "One"
    assert {each.code for each in list_findings(services.database, module="one")} >= {"no-metadata", "last-good-kept"}


def test_metadata_file_when_another_takes_its_place_then_the_old_one_is_forgotten(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", files={"ai4-metadata.yml": metadata_of("Old words")}))

    harvested(services, "hub", fetched("a/one", files={"ai4-metadata.json": metadata_of("New words")}, revision="c2"))

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "New words"
    assert list_findings(services.database, code="last-good-kept") == []


def test_repository_when_it_says_nothing_then_finding_and_no_module(services: Services) -> None:
    harvested(services, "hub", fetched("a/empty", files={}))

    assert statuses(services) == {}
    (found,) = list_findings(services.database, code="no-metadata")
    assert found.message == "https://github.com/a/empty says nothing about a module: no metadata file and no README"
    before = dump(services, without=("run",))

    harvested(services, "hub", unchanged("a/empty"))

    assert dump(services, without=("run",)) == before


def test_repository_when_renamed_then_module_goes_on_and_the_old_name_leads_to_it(services: Services) -> None:
    harvested(services, "hub", fetched("a/old-name", "One", number=1))

    renamed = fetched(
        "a/old-name", "One", key="github.com/a/new-name", previous=("github.com/a/old-name",), revision="c2", number=1
    )
    harvested(services, "hub", renamed)

    assert statuses(services) == {"old-name": "published"}
    assert slug_of_alias(services.database, "github.com/a/old-name", "repository") == "old-name"
    assert slug_of_alias(services.database, "github.com/a/new-name", "repository") == "old-name"


def test_repository_when_listed_twice_under_two_names_then_one_module(services: Services) -> None:
    renamed = fetched("a/old-name", "One", key="github.com/a/one", previous=("github.com/a/old-name",), number=1)

    harvested(services, "hub", fetched("a/one", "One", number=1), renamed)

    assert statuses(services) == {"one": "published"}


def test_slug_when_two_owners_use_a_name_then_the_second_bears_its_owner(services: Services) -> None:
    harvested(services, "hub", fetched("a/net", "Fish"), fetched("b/net", "Birds"))

    assert statuses(services) == {"net": "published", "b-net": "published"}


def test_slug_when_packed_as_the_first_catalogue_did_then_only_the_name_is_left(services: Services) -> None:
    harvested(services, "hub", fetched("deephdc/UC-someone-DEEP-OC-Blossom_Seg", "Blossoms"))

    assert statuses(services) == {"blossom-seg": "published"}


def test_payload_when_it_breaks_our_code_then_only_its_entry_fails(services: Services) -> None:
    source = require_source(services.database, "hub")
    good, bad = fetched("a/good", "Good"), fetched("a/bad", "Bad")
    object.__setattr__(bad, "documents", (None,))

    stream: list[Event] = [Listed((good.entry, bad.entry)), good, bad, Finished(Requests())]
    run = apply_run(services, source, stream)

    assert statuses(services) == {"good": "published"}
    assert run.status is RunStatus.PARTIAL
    assert (run.counts["fetched"], run.counts["failed"]) == (1, 1)
    (found,) = list_findings(services.database, code="entry-failed")
    assert found.message == (
        "https://github.com/a/bad: the registry could not make sense of it (AttributeError)"
    )


def test_moderated_source_when_its_module_is_new_then_draft_that_nobody_sees(services: Services) -> None:
    register(services, "strangers", trust="moderated")

    harvested(services, "strangers", fetched("a/one", "One"))

    assert module_by_slug(services.database, "one") is None
    assert changes(services) == []
    assert get_record(services.database, "oai_dc", "oai:registry.example.org:one") is None
