"""A source entered by hand: its form, its trial before anything is stored, what becomes of modules when it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvester.sources import SOURCES
from registry.errors import SourceError
from registry.modules import module_by_slug
from registry.source_editing import add_source, change_source, table_of_source
from registry.source_files import make_source
from registry.source_forms import fields_of, table_of, texts_of
from registry.source_rows import list_sources, require_source
from registry.sources import import_sources, remove
from tests.support.small_catalogue import CATALOGUE, small_catalogue
from tests.support.small_catalogue import SOURCES as HUB
from tests.support.small_registry import small_registry

TABLE = {"name": "second", "kind": "github", "catalogue": CATALOGUE, "schedule": "12h"}


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_form_when_made_from_a_kind_then_every_key_has_a_meaning(kind: str) -> None:
    fields = fields_of(kind)
    assert {each.name for each in fields} >= {"name", "schedule", "enabled", "trust"}
    assert [each.name for each in fields if each.meaning == each.name] == []
    assert {each.kind for each in fields} <= {"text", "number", "list", "switch", "choice"}


def test_form_when_filled_in_then_it_is_the_table_of_a_file() -> None:
    texts = {"name": "z", "communities": "one\n two \n\n", "follow": "yes", "schedule": "", "trust": "moderated"}
    table = table_of("zenodo", texts.items(), "the source")
    assert table == {
        "kind": "zenodo", "name": "z", "communities": ["one", "two"], "follow": True, "trust": "moderated",
    }
    source = make_source(table, "the source")
    assert table_of("zenodo", texts_of(source.as_json() | {"kind": None}).items() - {("failures", "0")}, "again") | {
        "grace_runs": 1} == table | {"enabled": True, "grace_runs": 1, "schedule": "6h", "timezone": "UTC"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("follow", "perhaps", "the source: follow: found 'perhaps', expected true or false"),
        ("grace_runs", "many", "the source: grace_runs: found 'many', expected a number"),
        ("comunities", "one", "the source: comunities: found a key that there is not, expected one of "),
    ],
)
def test_form_when_a_value_is_wrong_then_the_line_names_the_key(name: str, text: str, message: str) -> None:
    with pytest.raises(SourceError) as told:
        table_of("zenodo", [(name, text)], "the source")
    assert str(told.value).startswith(message)


def test_source_when_it_cannot_be_listed_then_nothing_is_stored_but_by_a_persons_word(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        wrong = TABLE | {"catalogue": "nobody/nothing"}
        saved = add_source(services, wrong)
        assert saved.source is None
        assert saved.trial is not None
        assert saved.trial.sentence == (
            "second cannot be listed: The catalogue nobody/nothing does not exist, or is not public. "
            "Check the catalogue's file; nothing was withdrawn."
        )
        assert [each.name for each in list_sources(services.database)] == ["hub"]
        assert add_source(services, wrong, untried=True).source is not None
        assert [each.name for each in list_sources(services.database)] == ["hub", "second"]


def test_source_when_added_and_changed_then_it_is_tried_and_keeps_its_place(tmp_path: Path) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        saved = add_source(services, TABLE, "its-own")
        assert saved.trial is not None
        assert saved.trial.good
        with pytest.raises(SourceError, match="name: found 'second', which is registered already"):
            add_source(services, TABLE)
        before = require_source(services.database, "second")
        changed = change_source(services, "second", table_of_source(before) | {"schedule": "3h"}).source
        assert changed is not None
        assert (changed.schedule, changed.settings) == ("3h", {"catalogue": CATALOGUE})
        with pytest.raises(SourceError, match="kind: found 'git', expected 'github' as it is registered"):
            change_source(services, "second", {"kind": "git", "repositories": ["https://github.com/a/b"]})
        assert [each.name for each in list_sources(services.database)] == ["hub", "second"]


@pytest.mark.parametrize(
    ("modules", "status"), [("keep", "published"), ("archive", "published"), ("withdraw", "withdrawn")]
)
def test_source_when_removed_then_its_modules_are_what_was_chosen_and_its_name_is_free(
    modules: str, status: str, tmp_path: Path
) -> None:
    with small_catalogue() as standin, small_registry(standin, tmp_path) as registry:
        services = registry.services
        registry.harvest()
        remove(services, "hub", modules)
        stored = module_by_slug(services.database, "one")
        assert stored is not None
        day = services.clock.now().date().isoformat()
        archived = f"as it was on {day}, when the source hub was removed" if modules == "archive" else None
        assert (stored.module.status, stored.module.archived) == (status, archived)
        if modules == "withdraw":
            assert stored.module.withdrawn_reason == "its source hub was removed"
        import_sources(services.database, HUB)
        registry.harvest()
        again = module_by_slug(services.database, "one")
        assert again is not None
        assert (again.module.status, again.module.archived, again.module.slug) == ("published", None, "one")
