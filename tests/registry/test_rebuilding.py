"""Derived data made again is what it was, a check sees whatever is not, and a backup holds all of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import text

from registry.backup import backup, restore
from registry.checking import check
from registry.curation import curate, join, split
from registry.errors import BackupError, PayloadError
from registry.exporting import export
from registry.followers import run_followers
from registry.modules import face_of, module_by_slug
from registry.rebuilding import rebuild
from registry.schema import metadata
from registry.services import Services
from registry.settings import load_settings
from registry.tables import finding, module
from tests.support.store import (
    a_registry,
    dump,
    failed,
    fetched,
    gone,
    harvested,
    metadata_of,
    register,
    unchanged,
)
from vocab.precedence import FIELD_ORDER

# What rebuilding makes; the rest is primary.
DERIVED = ("record_key", "alias", "mention", "face", "finding", "oai_record", "oai_membership")


def _lived(services: Services) -> None:
    """A registry with something of everything: merged, split, withdrawn, curated, broken, drafts, related modules."""
    register(services, "strangers", trust="moderated")
    base = fetched("ai4os-hub/base-net", "Base net", links={"docker_image": "ai4oshub/base-net"}, number=1)
    child = {"Dockerfile": b"FROM ai4oshub/base-net:latest\n", "ai4-metadata.yml": metadata_of("Child of the net")}
    harvested(services, "hub", fetched("ai4os-hub/child", files=child), base, fetched("a/trout", "Finder of trout"))
    harvested(services, "old", fetched("old/DEEP-OC-fish", "Fish of the sea"), fetched("old/gone", "Away soon"))
    harvested(services, "strangers", fetched("s/strange", "Strange"))
    join(services, ["github.com/a/trout", "github.com/old/deep-oc-fish"])
    split(services, ["github.com/a/trout", "github.com/old/deep-oc-fish"])
    join(services, ["github.com/ai4os-hub/child", "github.com/a/trout"])
    curate(services, "base-net", "summary", "Said by hand")
    services.clock.sleep(60)
    broken = fetched("old/DEEP-OC-fish", files={"ai4-metadata.yml": b"<html>"}, revision="c2")
    harvested(services, "old", broken)
    harvested(services, "hub", unchanged("ai4os-hub/child"), gone("ai4os-hub/base-net"), failed("a/trout"))


def test_rebuild_when_nothing_is_wrong_then_every_row_is_what_it_was(services: Services) -> None:
    _lived(services)
    before = dump(services)

    done = rebuild(services, "modules")

    assert dump(services) == before
    assert done.changes == ()
    assert done.records == 6


def test_rebuild_when_all_that_is_derived_is_lost_then_all_of_it_is_there_again(services: Services) -> None:
    _lived(services)
    before = dump(services)
    with services.database.write() as connection:
        for table in DERIVED:
            rows = metadata.tables[table].delete()
            if table == "finding":
                rows = rows.where(finding.c.scope.startswith("module:"))
            connection.execute(rows)

    done = rebuild(services, "modules")

    assert dump(services) == before
    assert done.changes == ()


def test_rebuild_when_forms_are_damaged_then_made_again_and_no_datestamp_moves(services: Services) -> None:
    _lived(services)
    before = dump(services)
    services.clock.sleep(60)
    with services.database.write() as connection:
        whole = module.c.merged_into.is_(None)
        connection.execute(module.update().where(whole).values(form=b"{}", origins=b"{}"))
        connection.execute(text("UPDATE source_record SET form = :none"), {"none": b"{}"})
        connection.execute(text("UPDATE face SET body = :none"), {"none": b"?"})

    rebuild(services, "modules")

    assert dump(services) == before


def test_rebuild_faces_when_only_faces_are_lost_then_there_again_without_reading(services: Services) -> None:
    _lived(services)
    before = dump(services)
    with services.database.write() as connection:
        connection.execute(text("DELETE FROM face"))

    rebuild(services, "faces")

    assert dump(services) == before


def test_rebuild_when_dry_then_tells_and_leaves_everything(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    with services.database.write() as connection:
        connection.execute(text("UPDATE module SET content_hash = 'another'"))
    before = dump(services)

    done = rebuild(services, dry_run=True)

    assert dump(services) == before
    assert done.changes == (("updated", "one"),)
    assert done.summary().endswith("1 modules changed\n  would be updated: one")


def test_rebuild_when_dry_after_the_order_of_belief_was_changed_then_tells_every_value_and_writes_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = b'{"title": "Otter finder", "summary": "Tells one thing from another", "sources": {}}'
    both = {"ai4-metadata.yml": metadata_of("Otter counter"), "metadata.json": old}
    harvested(services, "hub", fetched("a/one", files=both), fetched("a/two", "Two", line=2))
    before = dump(services)
    monkeypatch.setitem(FIELD_ORDER, "title", ("curator", "deep_v1"))

    done = rebuild(services, "modules", dry_run=True)

    assert dump(services) == before
    assert [(each.module, each.kind) for each in done.moved] == [("one", "updated")]
    assert done.summary().splitlines()[1:] == [
        "  would be updated: one",
        "    title: Otter counter -> Otter finder",
    ]
    assert done.as_json()["modules"] == [{
        "module": "one", "kind": "updated",
        "differences": [{"field": "title", "before": "Otter counter", "after": "Otter finder"}],
    }]

    assert rebuild(services, "modules").changes == (("updated", "one"),)
    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "Otter finder"


def test_rebuild_when_the_public_address_moved_then_every_module_is_updated(local: Services, tmp_path: Path) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    url = local.settings.database_address()

    with a_registry(url, tmp_path / "home", MODREG_BASE_URL="https://new.example.org") as moved:
        assert rebuild(moved, "faces").changes == (("updated", "one"),)
        stored = module_by_slug(moved.database, "one")
        assert stored is not None
        assert stored.module.uri == "https://new.example.org/id/module/one"
        face = face_of(moved.database, "one", "dcat-ap")
        assert face is not None
        assert b"https://registry.example.org/" not in face.body


def test_rebuild_when_a_payload_is_lost_then_one_line_and_nothing_changed(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    with services.database.write() as connection:
        connection.execute(text("UPDATE payload SET encoding = 'damaged'"))
    before = dump(services)

    with pytest.raises(PayloadError) as error:
        rebuild(services)

    assert str(error.value).endswith("it is not in the store; `modreg check --repair`, then `modreg harvest`")
    assert dump(services) == before


def test_check_when_all_fits_then_whole(services: Services) -> None:
    _lived(services)
    run_followers(services)
    before = dump(services)

    done = check(services)

    assert done.differences == ()
    assert done.whole
    assert dump(services) == before


@pytest.mark.parametrize(
    ("damage", "part", "wrong"),
    [
        ("DELETE FROM face WHERE extension = 'ttl'", "face", "is missing"),
        ("UPDATE face SET body = 'x' WHERE extension = 'nt'", "face", "differs"),
        ("DELETE FROM alias WHERE kind = 'repository'", "alias", "is missing"),
        ("INSERT INTO alias (value, kind, module_id) SELECT 'ghost', 'slug', id FROM module", "alias",
         "should not be there"),
        ("DELETE FROM oai_record", "oai_record", "is missing"),
        ("UPDATE module SET title = 'Another'", "module", "differs"),
        ("DELETE FROM record_key", "record_key", "is missing"),
    ],
)
def test_check_when_something_derived_is_wrong_then_seen_and_mended(
    local: Services, damage: str, part: str, wrong: str
) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    run_followers(local)
    before = dump(local)
    with local.database.write() as connection:
        connection.execute(text(damage.replace("'x'", "x'78'")))

    seen = check(local)
    mended = check(local, repair=True)

    assert not seen.whole
    assert (part, wrong) in {(each.part, each.wrong) for each in seen.differences}
    assert mended.whole
    assert dump(local) == before
    assert check(local).differences == ()


def test_check_when_the_index_is_behind_then_seen_and_mended(local: Services) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    run_followers(local)
    local.search.apply((), ["one"], 1)

    (difference,) = check(local).differences

    assert (difference.part, difference.row, difference.wrong) == ("index", "one", "is missing")
    assert check(local, repair=True).whole
    assert check(local).differences == ()


def test_check_when_the_log_has_a_gap_then_seen(local: Services) -> None:
    harvested(local, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    run_followers(local)
    with local.database.write() as connection:
        connection.execute(text("DELETE FROM change WHERE sequence = 1"))

    found = {(each.part, each.row, each.wrong) for each in check(local).differences}

    assert ("change", "2", "expected number 1") in found
    assert ("module", "one", "it has change 1 of 2026-01-02T03:04:05Z, the log has None of None") in found


def test_check_when_a_payload_is_damaged_then_the_next_harvest_brings_it_again(local: Services) -> None:
    one = fetched("a/one", "One")
    harvested(local, "hub", one)
    run_followers(local)
    with local.database.write() as connection:
        connection.execute(text("UPDATE payload SET body = x'00' WHERE sha256 = :it"), {"it": one.documents[0].sha256})

    assert [each.part for each in check(local).differences] == ["payload"]
    check(local, repair=True)
    with local.database.read() as connection:
        assert connection.scalar(text("SELECT fingerprint FROM entry")) is None
    harvested(local, "hub", one)

    assert check(local).differences == ()


def test_backup_when_restored_elsewhere_then_every_row_is_there(services: Services, tmp_path: Path) -> None:
    _lived(services)
    file = tmp_path / "backup.gz"
    written = backup(services, file)

    settings = load_settings(environ={"MODREG_HOME": str(tmp_path / "other")})
    done = restore(settings, file)

    assert done.rows == written.rows
    with a_registry("", tmp_path / "other") as other:
        assert dump(other, without=("follower",)) == dump(services, without=("follower",))
        assert b"".join(export(other)) == b"".join(export(services))
        harvested(other, "hub", fetched("a/new", "New"))


def test_backup_when_restored_into_this_kind_of_database_then_numbers_go_on(
    services: Services, tmp_path: Path, database_url: str
) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    backup(services, tmp_path / "backup.gz")
    with services.database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    settings = load_settings(environ={"MODREG_DATABASE_URL": database_url, "MODREG_HOME": str(tmp_path / "home")})

    restore(settings, tmp_path / "backup.gz")

    harvested(services, "hub", unchanged("a/one"), fetched("a/two", "Two"))
    stored = module_by_slug(services.database, "two")
    assert stored is not None
    assert stored.sequence == 2


def test_restore_when_the_database_is_not_empty_then_refused(local: Services, tmp_path: Path) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    backup(local, tmp_path / "backup.gz")

    with pytest.raises(BackupError) as error:
        restore(local.settings, tmp_path / "backup.gz")

    assert "rows of" in str(error.value)
    assert str(error.value).endswith("expected an empty database")


@pytest.mark.parametrize("damage", ["cut", "lines", "other", "none"])
def test_restore_when_the_file_is_damaged_then_one_line_and_an_empty_database(
    local: Services, tmp_path: Path, damage: str
) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    file = tmp_path / "backup.gz"
    backup(local, file)
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    bodies = {
        "cut": file.read_bytes()[:-200],
        "lines": gzip.compress(b"".join(lines[:-1])),
        "other": b"something else",
        "none": gzip.compress(b'{"form": "another"}\n'),
    }
    file.write_bytes(bodies[damage])
    settings = load_settings(environ={"MODREG_HOME": str(tmp_path / "other")})

    with pytest.raises(BackupError) as error:
        restore(settings, file)

    assert str(error.value).startswith(f"{file}: found ")
    assert "\n" not in str(error.value)
    with a_registry("", tmp_path / "other") as other:
        assert not any(dump(other).values())
