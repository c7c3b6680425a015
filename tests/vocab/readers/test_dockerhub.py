from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_document, found, parts
from vocab.readers import read_entry
from vocab.record import EntryContext, Listing, SourceRecord

KEY = "image:docker.io/sample/fish-finder"
PAGE = "https://hub.docker.com/r/sample/fish-finder"
NAMED = Listing(PAGE, named_by=("github.com/sample/fish-finder",), roles=("own",))
FACTS: dict[str, Any] = {
    "name": "fish-finder", "namespace": "sample", "description": " Finds fish. ", "full_description": "# Fish\n\nMore.",
    "date_registered": "2021-03-04T05:06:07.123456Z", "last_updated": "2024-02-03T04:05:06.5Z", "source": None,
    "pull_count": 12, "star_count": 1, "a key of next year": {},
}


def a_digest(number: int) -> str:
    return f"sha256:{number:064x}"


def below(architecture: str, number: int, size: int, **more: object) -> dict[str, object]:
    return {"architecture": architecture, "os": "linux", "variant": None, "digest": a_digest(number), "size": size,
            "status": "active", "last_pulled": "2026-01-01T00:00:00Z", **more}


def a_tag(name: str, number: int | None, *images: dict[str, object], pushed: str = "2024-02-03T04:05:06.789Z",
          **more: object) -> dict[str, object]:
    row: dict[str, object] = {"name": name, "images": list(images or [below("amd64", 900, 5)]),
                              "tag_last_pushed": pushed, "last_updated": pushed, **more}
    return row if number is None else {**row, "digest": a_digest(number)}


def a_record(listing: Listing | None = NAMED, **documents: object) -> SourceRecord:
    context = EntryContext("hub", KEY, PAGE, None, listing)
    bodies = {
        name: body if isinstance(body, bytes) else json.dumps(body).encode() for name, body in documents.items()
    }
    return read_entry(context, [a_document(f"api:dockerhub-{name}", body) for name, body in bodies.items()])


def tags(*rows: dict[str, object], count: int | None = None) -> SourceRecord:
    return a_record(tags={"count": len(rows) if count is None else count, "next": None, "results": list(rows)})


def test_repository_when_modules_name_it_then_what_its_page_says_and_no_title() -> None:
    record = a_record(repository=FACTS)

    assert record.values("evidence.about_image") == ["docker.io/sample/fish-finder"]
    assert record.values("summary") == ["Finds fish."]
    assert record.values("description") == ["# Fish\n\nMore."]
    assert {each.field for each in record.statements} == {"evidence.about_image", "summary", "description"}
    assert {each.origin.url for each in record.statements} == {PAGE}
    assert record.findings == ()


def test_repository_when_it_is_listed_for_its_own_sake_then_title_page_and_dates_too() -> None:
    record = a_record(Listing(PAGE), repository=FACTS)

    assert record.values("title") == ["Fish finder"]
    assert parts(record, "links", "rel", "url") == [("homepage", PAGE)]
    assert record.values("dates.created") == ["2021-03-04T05:06:07Z"]
    assert record.values("dates.updated") == ["2024-02-03T04:05:06Z"]


def test_repository_when_the_short_text_is_an_address_then_a_link_and_no_summary() -> None:
    record = a_record(repository={**FACTS, "description": "https://github.com/sample/containers/packages/fish"})

    assert record.values("summary") == []
    assert parts(record, "links", "rel", "url") == [("homepage", "https://github.com/sample/containers/packages/fish")]
    assert record.values("evidence.about_repository") == []


def test_repository_when_it_names_its_source_then_it_is_evidence() -> None:
    record = a_record(repository={**FACTS, "source": "https://github.com/Sample/Fish-Finder.git"})

    assert record.values("evidence.about_repository") == ["github.com/sample/fish-finder"]


def test_tags_when_two_name_one_digest_then_one_image_with_both_names() -> None:
    record = tags(
        a_tag("latest", 1, below("amd64", 2, 700)),
        a_tag("2.1.1", 1, below("amd64", 2, 700), pushed="2024-02-03T04:00:00Z"),
        a_tag("2.0", 3, below("amd64", 4, 600), pushed="2023-01-01T00:00:00Z"),
    )

    assert parts(record, "distributions", "reference", "tag", "tags", "digest", "size_bytes", "pushed") == [
        ("docker.io/sample/fish-finder:2.1.1", "2.1.1", ["2.1.1", "latest"], a_digest(1), 700, "2024-02-03T04:00:00Z"),
        ("docker.io/sample/fish-finder:2.0", "2.0", ["2.0"], a_digest(3), 600, "2023-01-01T00:00:00Z"),
    ]
    assert parts(record, "distributions", "pull", "url")[0] == ("sample/fish-finder:2.1.1", PAGE)


def test_tags_when_there_are_attestations_then_only_platforms_of_images_and_the_size_of_the_usual_one() -> None:
    record = tags(a_tag(
        "1.0", 1, below("arm64", 2, 300, variant="v8"), below("unknown", 3, 9, os="unknown"), below("amd64", 4, 400),
    ))

    assert parts(record, "distributions", "platforms", "size_bytes") == [(["linux/amd64", "linux/arm64/v8"], 400)]


def test_tags_when_the_digest_is_missing_then_those_with_the_same_image_go_together() -> None:
    record = tags(
        a_tag("latest", None, below("amd64", 2, 5)), a_tag("0.1", None, below("amd64", 2, 5)),
        a_tag("old", None, below("amd64", 3, 5), below("arm64", 4, 5)),
    )

    assert parts(record, "distributions", "tag", "tags", "digest") == [
        ("0.1", ["0.1", "latest"], a_digest(2)), ("old", ["old"], None),
    ]


def test_tags_when_nothing_is_known_of_them_then_the_names_alone() -> None:
    record = tags({"name": "latest"}, {"name": "gpu", "images": None, "digest": 7}, {"name": "no tag!"}, {})

    assert parts(record, "distributions", "tag", "digest", "platforms") == [
        ("latest", None, None), ("gpu", None, None),
    ]


def test_tags_when_there_are_more_than_were_read_then_told() -> None:
    record = tags(a_tag("latest", 1), count=1_500)

    (told,) = found(record, "tags-cut")
    assert told.message == (
        "1 of the 1500 tags of docker.io/sample/fish-finder were read, those that were pushed last"
    )


def test_tags_when_there_are_many_then_few_images() -> None:
    record = tags(*(a_tag(f"1.{number}", number + 1) for number in range(500)))

    assert parts(record, "distributions", "tag") == ["1.499", "1.498", "1.497"]


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_answer_when_it_is_no_object_then_told_and_not_parsed(body: bytes) -> None:
    record = a_record(repository=body, tags=body)

    assert record.statements == ()
    assert record.unparsed == ("api:dockerhub-repository", "api:dockerhub-tags")
    assert {each.code for each in record.findings} == {"document-not-text"}


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["name", "digest", "images", "os", "architecture", "size", "results", "count", "description",
                         "full_description", "source", "variant", "tag_last_pushed", "last_updated"]),
        inner, max_size=5,
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["results", "count", "description", "source", "full_description"]), _JSON))
def test_answer_when_it_holds_anything_then_read_without_stumbling(answer: dict[str, Any]) -> None:
    record = a_record(repository=answer, tags=answer)

    assert [each for each in record.findings if each.code == "reader-failed"] == []
    assert record.unparsed == ()
