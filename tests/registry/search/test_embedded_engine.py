"""The embedded engine answers as the interface promises, and survives what happens to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.clock import SystemClock
from registry.search.engine import FACETS, Query, SearchUnavailableError
from registry.search.tantivy_engine import EmbeddedEngine
from tests.support.modules import a_module
from vocab.module import Agent, Alias, Dates, Licence, LicenceValue, Module

MIT = Licence(concluded=LicenceValue(spdx="MIT"))


def modules() -> list[Module]:
    """Three modules that differ in everything one can ask for."""
    bare = {"distributions": (), "identifiers": (), "training_data": (), "aliases": (), "links": (), "keywords": ()}
    return [
        a_module(
            slug="plankton-counter",
            title="Plankton counter",
            summary="Counts plankton <b>in</b> images",
            description="Zooplankton & krill in pictures.",
            tasks=("classification",),
            libraries=("pytorch",),
            data_types=("image",),
            authors=(Agent("Zoë Müller"),),
            licence=MIT,
            communities=("vo.imagine-ai.eu",),
            dates=Dates(created="2023-01-02", updated="2024-05-05"),
            sequence=1,
            **{
                **bare,
                "aliases": (
                    Alias("repository", "github.com/some-hub/plankton-counter"),
                    Alias("image", "docker.io/somehub/plankton"),
                ),
            },
        ),
        a_module(
            slug="speech-to-text",
            title="Speech keywords classifier",
            summary="Speech to text",
            description="Short commands.",
            tasks=("classification",),
            libraries=("tensorflow",),
            data_types=("audio",),
            authors=(Agent("Ada Muster"),),
            licence=Licence(),
            communities=(),
            dates=Dates(created="2021-03-04", updated="2022-01-01"),
            sequence=2,
            **bare,
        ),
        a_module(
            slug="image-tool",
            title="Annotate images",
            summary="Draw boxes",
            description="A tool for images of any kind.",
            type="tool",
            tasks=(),
            libraries=(),
            data_types=("image",),
            authors=(),
            licence=MIT,
            communities=(),
            dates=Dates(),
            sequence=3,
            **bare,
        ),
    ]


@pytest.fixture
def engine(tmp_path: Path) -> EmbeddedEngine:
    """An engine with the three modules."""
    engine = EmbeddedEngine(tmp_path, SystemClock())
    engine.apply(modules(), (), 3)
    return engine


def slugs(engine: EmbeddedEngine, text: str, **parts: object) -> list[str]:
    """The slugs of an answer, in its order."""
    return [hit.slug for hit in engine.search(Query(text, **parts)).hits]  # type: ignore[arg-type]


def test_every_word_form_and_accent_finds_the_module(engine: EmbeddedEngine) -> None:
    for text in ("plankton", "PLANKTON", "counting plankton", "muller", "Zoë", "zooplankton"):
        assert slugs(engine, text)[0] == "plankton-counter", text


@pytest.mark.parametrize(
    "pasted",
    [
        "https://github.com/some-hub/plankton-counter",
        "https://github.com/Some-Hub/Plankton-Counter.git",
        "some-hub/plankton-counter",
        "somehub/plankton",
        "https://hub.docker.com/r/somehub/plankton",
        "docker.io/somehub/plankton",
        "plankton-counter",
    ],
)
def test_a_pasted_address_finds_its_module_first(engine: EmbeddedEngine, pasted: str) -> None:
    assert slugs(engine, pasted)[0] == "plankton-counter"


def test_exclusion_phrase_field_filter_and_date_in_the_text(engine: EmbeddedEngine) -> None:
    assert slugs(engine, "images -plankton") == ["image-tool"]
    assert slugs(engine, '"speech keywords"') == ["speech-to-text"]
    assert slugs(engine, '"keywords speech"') == []
    assert slugs(engine, "author:muster") == ["speech-to-text"]
    assert set(slugs(engine, "licence:mit")) == {"plankton-counter", "image-tool"}
    assert slugs(engine, "updated:>2023") == ["plankton-counter"]
    assert slugs(engine, "created:2021") == ["speech-to-text"]


def test_an_unknown_word_is_corrected_and_said_and_can_be_asked_literally(engine: EmbeddedEngine) -> None:
    answer = engine.search(Query("plankon"))
    assert [hit.slug for hit in answer.hits] == ["plankton-counter"]
    assert answer.correction is not None
    assert (answer.correction.original, answer.correction.corrected) == ("plankon", "plankton")
    assert engine.search(Query("plankon", literal=True)).total == 0


def test_highlights_are_escaped_and_marked(engine: EmbeddedEngine) -> None:
    hit = engine.search(Query("plankton")).hits[0]
    assert hit.highlights["summary"] == ("Counts <mark>plankton</mark> &lt;b&gt;in&lt;/b&gt; images",)


def test_filters_join_with_or_inside_a_facet_and_and_between(engine: EmbeddedEngine) -> None:
    both = engine.search(Query(filters={"library": ("PyTorch", "tensorflow")}))
    assert {hit.slug for hit in both.hits} == {"plankton-counter", "speech-to-text"}
    narrowed = engine.search(Query(filters={"library": ("pytorch", "tensorflow"), "data_type": ("audio",)}))
    assert [hit.slug for hit in narrowed.hits] == ["speech-to-text"]


def test_a_facet_is_counted_without_its_own_filter(engine: EmbeddedEngine) -> None:
    answer = engine.search(Query(filters={"data_type": ("audio",)}))
    assert {(each.value, each.count) for each in answer.facets["data_type"]} == {("image", 2), ("audio", 1)}
    assert [(each.value, each.label, each.count) for each in answer.facets["library"]] == [
        ("tensorflow", "TensorFlow", 1)
    ]
    assert set(answer.facets) == set(FACETS)


def test_orders(engine: EmbeddedEngine) -> None:
    assert slugs(engine, "", sort="newest") == ["plankton-counter", "speech-to-text", "image-tool"]
    assert slugs(engine, "", sort="updated") == ["plankton-counter", "speech-to-text", "image-tool"]
    assert slugs(engine, "", sort="title") == ["image-tool", "plankton-counter", "speech-to-text"]


def test_pages_part_the_hits_and_the_total_stays(engine: EmbeddedEngine) -> None:
    pages = [engine.search(Query(sort="title", page=page, size=2)) for page in (1, 2, 3)]
    assert [[hit.slug for hit in page.hits] for page in pages] == [
        ["image-tool", "plankton-counter"],
        ["speech-to-text"],
        [],
    ]
    assert {page.total for page in pages} == {3}


def test_suggestions_complete_titles_keywords_and_authors(engine: EmbeddedEngine) -> None:
    assert [(each.text, each.kind, each.slug) for each in engine.suggest("speech k")] == [
        ("Speech keywords classifier", "module", "speech-to-text")
    ]
    assert ("Zoë Müller", "author") in [(each.text, each.kind) for each in engine.suggest("zo")]
    assert engine.suggest("  ") == ()


def test_similar_modules_leave_the_module_itself_out(engine: EmbeddedEngine) -> None:
    assert "plankton-counter" not in [hit.slug for hit in engine.similar("plankton-counter")]
    assert engine.similar("no-such-module") == ()


def test_a_batch_changes_and_deletes_and_its_number_stays_over_a_new_start(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    engine.apply([replace(modules()[0], title="Krill counter", sequence=4)], ["speech-to-text"], 5)
    engine.close()
    again = EmbeddedEngine(tmp_path, SystemClock())
    assert again.slugs() == {"plankton-counter": 4, "image-tool": 3}
    assert again.sequence() == 5
    assert slugs(again, "krill")[0] == "plankton-counter"


def test_a_rebuild_replaces_everything_and_an_open_reader_follows(engine: EmbeddedEngine, tmp_path: Path) -> None:
    other = EmbeddedEngine(tmp_path, SystemClock())
    assert len(other.slugs()) == 3
    engine.rebuild(modules()[:1], 9)
    assert engine.slugs() == {"plankton-counter": 1}
    other.close()
    assert EmbeddedEngine(tmp_path, SystemClock()).sequence() == 9


def test_an_empty_index_answers_with_nothing(tmp_path: Path) -> None:
    empty = EmbeddedEngine(tmp_path / "new", SystemClock())
    assert (empty.search(Query("x")).total, empty.suggest("x"), empty.similar("x"), empty.sequence()) == (0, (), (), 0)


def test_a_second_writer_is_told_that_the_index_is_being_written(engine: EmbeddedEngine, tmp_path: Path) -> None:
    index = engine._reader()
    assert index is not None
    writer = index.writer(32_000_000, 1)
    try:
        with pytest.raises(SearchUnavailableError, match="is being written by another process"):
            EmbeddedEngine(tmp_path, SystemClock()).apply((), (), 9)
    finally:
        writer.wait_merging_threads()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.text(max_size=60), st.sampled_from(["relevance", "newest", "title"]))
def test_any_string_is_answered(engine: EmbeddedEngine, text: str, sort: str) -> None:
    answer = engine.search(Query(text, sort=sort))
    assert answer.total >= len(answer.hits)
    engine.suggest(text)
