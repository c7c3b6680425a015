"""Which module a group is: joined, split, merged away and restored, over both databases."""

from __future__ import annotations

import pytest

from registry.curation import curate, join, split, take_back
from registry.errors import CurationError
from registry.modules import evidence_of, module_by_slug, slug_of_alias
from registry.oai_records import get_record
from registry.services import Services
from tests.support.store import BASE_URL, changes, dump, fetched, harvested, statuses, unchanged

OLD, NEW = "github.com/old/deep-oc-fish", "github.com/hub/fish-finder"
BANNER = b"# This repository is ARCHIVED!\n\nIt is now maintained in https://github.com/hub/fish-finder\n"


def _two_modules(services: Services) -> None:
    harvested(services, "old", fetched("old/deep-oc-fish", "Fish of the sea"))
    harvested(services, "hub", fetched("hub/fish-finder", "Finder of trout"))


def test_join_when_two_modules_then_the_older_goes_on_and_both_names_lead_to_it(services: Services) -> None:
    _two_modules(services)
    services.clock.sleep(60)

    done = join(services, [OLD, NEW])

    assert sorted(done) == [("updated", "fish"), ("withdrawn", "fish-finder")]
    survivor, absorbed = (module_by_slug(services.database, slug) for slug in ("fish", "fish-finder"))
    assert survivor is not None
    assert absorbed is not None
    assert (absorbed.status, absorbed.merged_into) == ("withdrawn", "fish")
    assert absorbed.module.withdrawn_reason == "merged into fish"
    assert {each.value for each in survivor.module.aliases} >= {
        "fish-finder", f"{BASE_URL}/id/module/fish-finder", OLD, NEW,
    }
    assert slug_of_alias(services.database, "fish-finder", "slug") == "fish"
    assert slug_of_alias(services.database, NEW, "repository") == "fish"
    record = get_record(services.database, "oai_dc", "oai:registry.example.org:fish-finder")
    assert record is not None
    assert b'<header status="deleted">' in record
    assert evidence_of(services.database, "fish")[0]["kind"] == "ruling"


def test_split_when_joined_by_hand_then_both_are_what_they_were(services: Services) -> None:
    _two_modules(services)
    before = {slug: module_by_slug(services.database, slug) for slug in ("fish", "fish-finder")}
    join(services, [OLD, NEW])

    done = split(services, [OLD, NEW])

    assert sorted(done) == [("restored", "fish-finder"), ("updated", "fish")]
    for slug, was in before.items():
        now = module_by_slug(services.database, slug)
        assert now is not None
        assert was is not None
        assert (now.status, now.merged_into, now.module.aliases) == ("published", None, was.module.aliases)


def test_split_when_the_evidence_joined_them_then_it_stays_undone_after_every_harvest(services: Services) -> None:
    banner = fetched("old/deep-oc-fish", files={"README.md": BANNER, "metadata.json": b'{"title": "Fish"}'})
    harvested(services, "old", banner)
    harvested(services, "hub", fetched("hub/fish-finder", "Fish finder"))
    assert statuses(services) == {"fish": "published"}

    split(services, [NEW])

    assert statuses(services) == {"fish": "published", "fish-finder": "published"}
    harvested(services, "old", banner)
    harvested(services, "hub", fetched("hub/fish-finder", "Fish finder 2", revision="c2"))
    assert statuses(services) == {"fish": "published", "fish-finder": "published"}


def test_join_when_split_before_then_one_again_under_the_first_slug(services: Services) -> None:
    _two_modules(services)
    join(services, [OLD, NEW])
    split(services, [OLD, NEW])

    join(services, ["https://github.com/Old/DEEP-OC-fish.git", NEW])

    assert statuses(services) == {"fish": "published", "fish-finder": "withdrawn"}


def test_split_when_both_name_the_old_image_then_it_leads_to_the_repository_of_its_name(services: Services) -> None:
    image = b'{"title": "Fish", "sources": {"docker_registry_repo": "old/deep-oc-fish-finder"}}'
    harvested(services, "hub", fetched("hub/fish-finder", files={"metadata.json": image}))
    harvested(services, "old", fetched("old/deep-oc-fish-finder", files={"metadata.json": image}))
    old = "github.com/old/deep-oc-fish-finder"
    assert slug_of_alias(services.database, "deep-oc-fish-finder") == "fish-finder"

    split(services, [old, NEW])

    away = slug_of_alias(services.database, old, "repository")
    assert away not in {None, "fish-finder"}
    assert slug_of_alias(services.database, "deep-oc-fish-finder") == away
    assert slug_of_alias(services.database, "docker.io/old/deep-oc-fish-finder") == away


def test_merge_when_a_third_record_bridges_two_modules_then_no_slug_is_lost(services: Services) -> None:
    harvested(services, "old", fetched("old/deep-oc-fish", "Fish of the sea"))
    harvested(services, "hub", fetched("hub/fish-finder", "Finder of trout"))

    moved = fetched("old/deep-oc-fish", files={"README.md": BANNER, "metadata.json": b'{"title": "F"}'}, revision="c2")
    harvested(services, "old", moved)

    assert statuses(services) == {"fish": "published", "fish-finder": "withdrawn"}
    assert slug_of_alias(services.database, "fish-finder") == "fish"


def test_curate_when_harvested_again_then_the_curators_value_stays_until_taken_back(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"))
    curate(services, "one", "title", "The One")
    harvested(services, "hub", fetched("a/one", "Another", revision="c2"))
    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "The One"

    take_back(services, "one", "title")

    stored = module_by_slug(services.database, "one")
    assert stored is not None
    assert stored.module.title == "Another"


def test_curate_when_its_module_is_merged_away_then_the_value_goes_with_it(services: Services) -> None:
    _two_modules(services)
    curate(services, "fish-finder", "summary", "Said by hand")

    join(services, [OLD, NEW])

    stored = module_by_slug(services.database, "fish")
    assert stored is not None
    assert stored.module.summary == "Said by hand"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (lambda s: split(s, ["github.com/no/where"]),
         "github.com/no/where: found no record of this key, expected one such as github.com/owner/name"),
        (lambda s: split(s, ["github.com/a/one"]),
         "github.com/a/one: it is alone in its module; expected two keys or more of one module"),
        (lambda s: join(s, ["github.com/a/one"]), "github.com/a/one: found one key, expected two or more to join"),
        (lambda s: curate(s, "two", "title", "x"),
         "two: there is no module of this slug; `modreg modules list` shows them"),
        (lambda s: curate(s, "one", "authors", ["Ada"]),
         "authors: found 'Ada', expected a value of the form Agent"),
        (lambda s: take_back(s, "one", "title"),
         "one: title: no curator stated a value; there is nothing to take back"),
    ],
)
def test_curation_when_it_cannot_be_done_then_one_line_and_nothing_changed(
    local: Services, order: object, said: str
) -> None:
    harvested(local, "hub", fetched("a/one", "One"))
    before = dump(local)
    assert callable(order)

    with pytest.raises(CurationError) as error:
        order(local)

    assert str(error.value) == said
    assert dump(local) == before


def test_relation_when_the_other_module_comes_later_then_it_leads_to_its_slug(services: Services) -> None:
    child = {"Dockerfile": b"FROM ai4oshub/base-net:latest\n"}
    metadata = fetched("a/child", "Child")
    files = {each.path: each.body for each in metadata.documents if not each.path.startswith("api:")} | child
    harvested(services, "hub", fetched("a/child", files=files))
    first = module_by_slug(services.database, "child")
    assert first is not None
    assert "base-net" not in {each.target for each in first.module.relations}

    links = {"docker_image": "ai4oshub/base-net"}
    harvested(services, "old", fetched("ai4os-hub/base-net", "Base net", links=links))

    stored = module_by_slug(services.database, "child")
    assert stored is not None
    assert [each.target for each in stored.module.relations] == ["base-net"]
    assert changes(services)[-1] == ("updated", "child")


def test_draft_when_a_curator_approves_it_then_public(services: Services) -> None:
    from registry.curation import publish_draft
    from tests.support.store import register

    register(services, "strangers", trust="moderated")
    harvested(services, "strangers", fetched("a/one", "One"))

    assert publish_draft(services, "one") == [("created", "one")]
    harvested(services, "strangers", unchanged("a/one"))
    assert statuses(services) == {"one": "published"}
