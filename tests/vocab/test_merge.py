from __future__ import annotations

import random
from typing import Any

import pytest

from tests.support.records import a_statement
from vocab.canonical import canonical_bytes, module_from_json
from vocab.fields import FIELDS
from vocab.licences import licence_value
from vocab.merge import Merged, merge
from vocab.merging.values import SAME_THING, folded_name, may_be_short_for
from vocab.module import Agent, Alias, Dates
from vocab.precedence import DEFAULT_ORDER, FIELD_ORDER, order_key
from vocab.record import SourceRecord, Statement

NEW, OLD = "github.com/hub/otter-counter", "github.com/attic/deep-oc-otter_det"


class Place:
    """A repository that says things; `of` makes a statement as one of its readers does."""

    def __init__(self, key: str, source: str, url: str | None = None) -> None:
        self.key, self.source, self.url = key, source, url or f"https://{key}"
        self.said: list[Statement] = []

    def says(self, field: str, value: Any, reader: str = "ai4_v2", **origin: Any) -> Place:
        file = origin.pop("file", {"ai4_v2": "ai4-metadata.yml", "deep_v1": "metadata.json"}.get(reader))
        self.said.append(
            a_statement(field, value, reader=reader, source=self.source, entry=self.key, file=file, **origin)
        )
        return self

    @property
    def record(self) -> SourceRecord:
        return SourceRecord(self.source, self.key, self.url, "c0ffee", tuple(self.said))


@pytest.fixture
def new() -> Place:
    return Place(NEW, "hub", "https://github.com/Hub/Otter-Counter")


@pytest.fixture
def old() -> Place:
    return Place(OLD, "old").says("evidence.moved_to", NEW, "readme")


def merged(*places: Place, **more: Any) -> Merged:
    return merge([each.record for each in places], slug="otter-counter", uri="https://r.example/id/otter", **more)


def codes(found: Merged) -> list[str]:
    return [each.code for each in found.findings]


# One value


def test_merge_when_both_metadata_files_speak_takes_the_newer_format_and_tells_both_values(new: Place) -> None:
    new.says("title", "Otter counter").says("title", "Counter of otters", "deep_v1", line=2)

    found = merged(new)

    assert found.module.title == "Otter counter"
    assert [each.message for each in found.findings] == [
        "`title`: ai4-metadata.yml says “Otter counter”, metadata.json says “Counter of otters”.",
    ]
    assert (found.findings[0].file, found.findings[0].line) == ("metadata.json", 2)


def test_merge_when_the_old_place_has_the_newer_format_believes_the_place_of_today(new: Place, old: Place) -> None:
    new.says("summary", "Counts otters today", "deep_v1")
    old.says("summary", "Counted otters once", "ai4_v2")

    found = merged(old, new)

    assert found.module.summary == "Counts otters today"
    assert [each.why for each in found.origins.fields["summary"]] == [
        f"the module is maintained in {NEW} today, {OLD} is an earlier place",
    ] * 2


def test_merge_when_only_the_old_place_says_it_keeps_it(new: Place, old: Place) -> None:
    old.says("description", "Everything about otters", "deep_v1")

    assert merged(new, old).module.description == "Everything about otters"


def test_merge_when_no_banner_tells_takes_the_place_whose_content_changed_last() -> None:
    early = Place(OLD, "old").says("title", "Early", "ai4_v2").says("dates.content", "2020-01-01T00:00:00Z", "github")
    late = Place(NEW, "hub").says("title", "Late", "ai4_v2").says("dates.content", "2024-01-01T00:00:00Z", "github")

    assert merged(early, late).module.title == "Late"


def test_merge_when_the_better_witness_has_template_text_takes_the_next(new: Place) -> None:
    new.says("title", "otter-counter").says("title", "Otter counter", "deep_v1")

    found = merged(new)

    assert found.module.title == "Otter counter"
    assert found.origins.won("title")[0].why == (
        "what ai4-metadata.yml says is a template's text or a repository's name"
    )


def test_merge_when_a_curator_speaks_takes_it_and_keeps_the_others_in_sight(new: Place) -> None:
    new.says("title", "Otter counter")
    word = a_statement("title", "Otters, counted", reader="curator", source="curator", entry=NEW)

    found = merged(new, curated=[word])

    assert found.module.title == "Otters, counted"
    assert [(each.value, each.won, each.why) for each in found.origins.fields["title"]] == [
        ("Otters, counted", True, "a curator's word is believed before all others"),
        ("Otter counter", False, "a curator's word is believed before all others"),
    ]


def test_merge_when_nobody_states_a_title_makes_one_of_the_repository(new: Place) -> None:
    assert merged(new).module.title == "Otter Counter"


def test_merge_when_a_tag_and_a_packaging_file_disagree_takes_the_tag_of_today(new: Place, old: Place) -> None:
    new.says("version", "1.2.0", "pyproject", file="pyproject.toml").says("version", "1.1.0", "github")
    old.says("version", "9.9.9", "github")

    assert merged(new, old).module.version == "1.1.0"


def test_merge_of_versions_marks_the_current_one_and_completes_it(new: Place) -> None:
    new.says("versions", {"name": "v1.1.0", "commit": "abc"}, "github")
    new.says("versions", {"name": "1.1.0", "date": "2024-03-01", "release": True}, "github")
    new.says("versions", {"name": "1.0.0", "date": "2023-03-01", "release": True}, "github")
    new.says("version", "1.1.0", "github")

    found = merged(new).module.versions

    assert [(each.name, each.date, each.commit, each.release, each.current) for each in found] == [
        ("v1.1.0", "2024-03-01", "abc", True, True), ("1.0.0", "2023-03-01", None, True, False),
    ]
    assert merged(new).module.dates.issued == "2024-03-01"


# Dates


def test_merge_when_the_update_lies_before_the_creation_out_rules_it_and_tells(new: Place) -> None:
    new.says("dates.created", "2025-07-03").says("dates.updated", "2024-07-03", line=9)
    new.says("dates.content", "2025-08-01T10:00:00Z", "github")

    found = merged(new)

    assert found.module.dates == Dates("2025-07-03", "2025-08-01", None, "2025-08-01T10:00:00Z")
    assert [(each.code, each.line, each.message) for each in found.findings] == [
        ("date-implausible", 9, "`dates.updated` is 2024-07-03, which lies before the creation on 2025-07-03."),
    ]


def test_merge_when_the_creation_lies_after_the_last_commit_takes_the_other_file(new: Place) -> None:
    new.says("dates.created", "2025-06-12").says("dates.created", "2019-07-31", "deep_v1")
    new.says("dates.content", "2024-01-01T10:00:00Z", "github")

    found = merged(new)

    assert found.module.dates.created == "2019-07-31"
    assert "date-implausible" in codes(found)


# Licence


def test_merge_when_the_licence_file_contradicts_concludes_from_it_and_tells_both(new: Place) -> None:
    new.says("licence.declared", {"raw": "MIT", "spdx": "MIT"}, "deep_v1", line=16)
    new.says("licence.detected", {"raw": "GNU AFFERO", "spdx": "AGPL-3.0-only"}, "licence_file", file="LICENSE")

    found = merged(new)

    licence = found.module.licence
    assert [each and each.spdx for each in (licence.declared, licence.detected, licence.concluded)] == [
        "MIT", "AGPL-3.0-only", "AGPL-3.0-only",
    ]
    (told,) = found.findings
    assert (told.code, told.file, told.line, told.found, told.expected) == (
        "conflict-licence", "metadata.json", 16, "MIT", "AGPL-3.0-only",
    )


def test_merge_when_only_an_earlier_place_has_another_licence_file_keeps_todays_word(new: Place, old: Place) -> None:
    new.says("licence.declared", {"raw": "Apache 2.0", "spdx": "Apache-2.0"})
    old.says("licence.detected", {"raw": "MIT License", "spdx": "MIT"}, "licence_file", file="LICENSE")

    licence = merged(new, old).module.licence

    assert licence.detected is None
    assert licence.concluded == licence.declared


def test_merge_when_a_curator_states_the_licence_as_text_concludes_it(new: Place) -> None:
    new.says("licence.detected", {"raw": "MIT License", "spdx": "MIT"}, "licence_file", file="LICENSE")
    word = a_statement("licence.declared", "Apache-2.0", reader="curator", source="curator", entry=NEW)

    assert merged(new, curated=[word]).module.licence.concluded == licence_value("Apache-2.0")


# People


def test_merge_of_authors_takes_the_best_list_in_its_order_and_completes_it(new: Place) -> None:
    for name in ("Zoe Muster", "Ada Beispiel"):
        new.says("authors", {"name": name}, "citation_cff", file="CITATION.cff")
    new.says("authors", {"name": "Beispiel, Ada", "email": "ada@lab.eu"}, "pyproject", file="pyproject.toml")
    new.says("authors", {"name": "Somebody Else"}, "dockerfile", file="Dockerfile")

    found = merged(new)

    assert found.module.authors == (Agent("Zoe Muster"), Agent("Ada Beispiel", email="ada@lab.eu"))
    assert [(each.won, each.why) for each in found.origins.fields["authors"]][2:] == [
        (False, "completes what CITATION.cff says"), (False, "CITATION.cff is believed before Dockerfile"),
    ]


def test_merge_when_nobody_is_named_takes_the_owner_and_says_so(new: Place) -> None:
    assert merged(new).module.authors == (
        Agent("Hub", kind="organisation", url="https://github.com/Hub", inferred=True),
    )


def test_merge_when_a_label_says_a_first_name_means_the_author_of_that_name(new: Place) -> None:
    new.says("authors", {"name": "Ada Beispiel", "email": "ada@lab.eu"}, "pyproject", file="pyproject.toml")
    new.says("contacts", {"name": "Ada"}, "dockerfile", file="Dockerfile")

    assert merged(new).module.contacts == (Agent("Ada Beispiel", email="ada@lab.eu"),)


@pytest.mark.parametrize(
    ("short", "long", "may_be"),
    [("V. Kozlov", "Valentin Kozlov", True), ("Ada", "Ada Muster", True), ("V. Kozlov", "Boris Kozlov", False),
     ("V.", "Valentin Kozlov", False), ("Ada Muster", "Ada Beispiel", False)],
)
def test_may_be_short_for_when_initials_and_parts_agree(short: str, long: str, *, may_be: bool) -> None:
    assert may_be_short_for(short, long) is may_be


def test_folded_name_when_order_accents_and_dots_differ_is_the_same() -> None:
    assert folded_name("Sánchez, P.") == folded_name("P Sanchez")


# Things


def test_merge_of_things_takes_each_once_by_what_it_is(new: Place, old: Place) -> None:
    new.says("training_data", {"url": "https://zenodo.org/records/3334445"})
    doi = "10.5281/zenodo.3334445"
    old.says("training_data", {"url": f"https://doi.org/{doi}", "doi": doi}, "deep_v1")
    new.says("publications", {"url": "https://hdl.handle.net/1/2"})
    old.says("publications", {"url": "http://hdl.handle.net/1/2/"}, "deep_v1")
    for place, word in ((new, "Remote sensing"), (old, "remote-sensing")):
        place.says("keywords", word)
    new.says("identifiers", {"scheme": "doi", "value": "10.5281/zenodo.9"})
    old.says("identifiers", {"scheme": "doi", "value": "10.5281/ZENODO.9", "role": "concept"}, "citation_cff")

    module = merged(new, old).module

    assert [(each.url, each.doi) for each in module.training_data] == [
        ("https://zenodo.org/records/3334445", "10.5281/zenodo.3334445"),
    ]
    assert [each.url for each in module.publications] == ["https://hdl.handle.net/1/2"]
    assert module.keywords == ("Remote sensing",)
    assert [each.role for each in module.identifiers] == ["concept"]


def test_merge_of_terms_joins_both_places_and_drops_other_beside_a_better_one(new: Place, old: Place) -> None:
    new.says("tasks", "other").says("libraries", "other")
    old.says("tasks", "classification", "deep_v1").says("categories", "trainable", "deep_v1")

    module = merged(new, old).module

    assert (module.tasks, module.libraries, module.categories) == (("classification",), ("other",), ("trainable",))


def test_merge_of_images_puts_the_one_of_today_first_and_takes_source_code_from_today_only(
    new: Place, old: Place
) -> None:
    for place, image in ((old, "docker.io/attic/deep-oc-otter_det"), (new, "docker.io/hub/otter-counter")):
        place.says("distributions", {"kind": "image", "reference": image}).says("evidence.image", image)
        place.says("distributions", {"kind": "source", "url": f"https://{place.key}"})
        place.says("links", {"rel": "source_code", "url": f"https://{place.key}"})

    found = merged(old, new)

    assert [each.reference for each in found.module.distributions if each.kind == "image"] == [
        "docker.io/hub/otter-counter", "docker.io/attic/deep-oc-otter_det",
    ]
    assert [each.url for each in found.module.distributions if each.kind == "source"] == [new.url]
    assert [each.url for each in found.module.links] == [new.url]
    assert found.module.aliases == (
        Alias("image", "docker.io/attic/deep-oc-otter_det"), Alias("image", "docker.io/hub/otter-counter"),
        Alias("repository", OLD), Alias("repository", NEW),
        Alias("slug", "deep-oc-otter-det"), Alias("slug", "otter-counter"),
        Alias("uri", "https://github.com/Hub/Otter-Counter"), Alias("uri", f"https://{OLD}"),
    )


def test_merge_when_an_image_is_that_of_another_project_makes_it_no_alias(new: Place) -> None:
    new.says("evidence.image", "docker.io/vllm/vllm-openai")

    assert "image" not in {each.kind for each in merged(new).module.aliases}


def test_merge_when_the_files_name_other_code_and_categories_tells(new: Place) -> None:
    new.says("links", {"rel": "source_code", "url": f"https://{NEW}"}).says("categories", "inference")
    new.says("links", {"rel": "source_code", "url": "https://github.com/attic/otter"}, "deep_v1")
    new.says("categories", "inference", "deep_v1").says("categories", "trainable", "deep_v1")

    assert [each.message for each in merged(new).findings] == [
        f"`links`: ai4-metadata.yml says “{NEW}”, metadata.json says “github.com/attic/otter”.",
        "`categories`: ai4-metadata.yml says “inference”, metadata.json says “inference, trainable”.",
    ]


def test_merge_when_a_category_says_tool_makes_it_a_tool(new: Place) -> None:
    assert merged(new.says("categories", "tool")).module.type == "tool"


# The whole


def test_merge_in_any_order_gives_the_same_bytes_origins_and_findings(new: Place, old: Place) -> None:
    twin = Place(NEW, "tools", new.url)
    for place in (new, old, twin):
        place.says("title", f"Otters of {place.source}").says("keywords", place.source).says("tasks", "other")
        place.says("authors", {"name": place.source}, "setup_cfg").says("dates.created", "2020-02-03")
        place.says("licence.declared", {"raw": "MIT", "spdx": "MIT"})
    records = [each.record for each in (new, old, twin)]
    expected = merge(records, slug="x", uri="u")
    for seed in range(6):
        random.Random(seed).shuffle(records)
        found = merge(records, slug="x", uri="u")
        assert canonical_bytes(found.module) == canonical_bytes(expected.module)
        assert (found.origins, found.findings) == (expected.origins, expected.findings)
    assert module_from_json(canonical_bytes(expected.module)).title == expected.module.title


def test_merge_keeps_every_statement_in_the_origins_with_a_verdict(new: Place, old: Place) -> None:
    for place in (new, old):
        place.says("title", place.source).says("keywords", place.source).says("authors", {"name": place.source})
        place.says("contacts", {"name": place.source}).says("aliases", {"kind": "catalogue_name", "value": "x"})
        place.says("dates.updated", "2020-02-03").says("type", "tool").says("version", "1")

    found = merged(new, old)

    stated = [each for place in (new, old) for each in place.said if not each.field.startswith("evidence.")]
    kept = [(name, said.origin) for name, all_said in found.origins.fields.items() for said in all_said]
    assert [each for each in stated if (each.field, each.origin) not in kept] == []
    assert all(said.why for all_said in found.origins.fields.values() for said in all_said)
    assert found.origins.to_json()["title"][0]["won"] is True  # type: ignore[index, call-overload]


def test_merge_when_a_value_has_not_the_shape_of_its_field_passes_over_it(new: Place) -> None:
    new.says("licence.declared", 7).says("authors", {"no": "name"}).says("requirements", ["gpu"]).says("title", "")

    assert merged(new).module.licence.declared is None


def test_same_thing_covers_every_field_of_many_values_that_is_shown() -> None:
    many = {name for name, row in FIELDS.items() if row.many and not name.startswith("evidence.")}

    assert many - {"authors", "contacts"} == set(SAME_THING)


def test_order_key_of_readers_puts_the_curator_first_and_the_unknown_last() -> None:
    for field in FIELDS:
        order = sorted([*DEFAULT_ORDER, "unheard-of", "derived"], key=lambda each: order_key(field, each, 0))
        assert (order[0], order[-2:]) == ("curator", ["unheard-of", "derived"])
    assert set(FIELD_ORDER) <= set(FIELDS)
    assert all(set(each) <= set(DEFAULT_ORDER) for each in FIELD_ORDER.values())
