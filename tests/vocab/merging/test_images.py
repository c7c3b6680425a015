"""Images: what the owner names and what registries know, one distribution for each digest."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import a_record, a_statement, a_thing
from vocab.merge import Merged, merge
from vocab.module import Distribution
from vocab.record import SourceRecord

KEY, NAME = "image:docker.io/hub/otter", "docker.io/hub/otter"
ONE, TWO = ("sha256:" + each * 64 for each in "12")


def owner(*references: str) -> SourceRecord:
    said = [
        a_statement("distributions", {"kind": "image", "reference": each, "pull": each.removeprefix("docker.io/")},
                    entry="github.com/hub/otter", file="ai4-metadata.yml")
        for each in references
    ]
    return a_record("hub/otter", title="Otter", statements=tuple(said), image=NAME)


def told(*builds: dict[str, Any], reader: str = "dockerhub", source: str = "images") -> SourceRecord:
    said = [
        {"kind": "image", "reference": f"{NAME}:{each['tag']}", "pull": f"hub/otter:{each['tag']}"} | each
        if "tag" in each else {"kind": "image", "reference": NAME, "pull": "hub/otter"} | each
        for each in builds
    ]
    return a_thing(KEY, source=source, reader=reader, distributions=said)


def merged(*records: SourceRecord, **more: Any) -> Merged:
    return merge(records, slug="otter", uri="https://r.example/id/otter", **more)


def images(found: Merged) -> list[Distribution]:
    return [each for each in found.module.distributions if each.kind == "image"]


def test_image_when_the_owner_names_it_without_a_tag_then_it_is_what_latest_leads_to() -> None:
    found = merged(
        owner(NAME), told({"tag": "gpu", "digest": TWO}, {"tag": "1.0", "tags": ["1.0", "latest"], "digest": ONE}),
    )

    assert [(each.pull, each.reference, each.tag, each.digest) for each in images(found)] == [
        ("hub/otter", NAME, "1.0", ONE), ("hub/otter:gpu", f"{NAME}:gpu", "gpu", TWO),
    ]
    assert images(found)[0].tags == ("1.0", "latest")


def test_image_when_it_has_no_latest_then_the_line_to_pull_names_a_tag() -> None:
    found = merged(owner(NAME), told({"tag": "cpu", "digest": ONE}))

    assert [(each.pull, each.reference) for each in images(found)] == [("hub/otter:cpu", f"{NAME}:cpu")]


def test_image_when_two_readers_tell_of_one_digest_then_they_complete_each_other() -> None:
    parts = told({"tag": "latest", "digest": ONE}, {"digest": ONE, "created": "2024-01-02"}, reader="oci", source="oci")
    page = told({"tag": "latest", "digest": ONE, "size_bytes": 7, "platforms": ["linux/amd64"]})

    found = merged(owner(NAME), parts, page)

    (image,) = images(found)
    assert (image.created, image.size_bytes, image.platforms) == ("2024-01-02", 7, ("linux/amd64",))
    assert [each.why for each in found.origins.fields["distributions"] if each.origin.reader == "dockerhub"] == [
        "completes what the image registry says",
    ]


def test_image_when_a_tag_has_two_digests_then_the_one_pushed_last_holds_and_it_is_told() -> None:
    before = told({"tag": "latest", "digest": ONE, "pushed": "2024-01-01", "size_bytes": 7}, reader="oci", source="oci")
    after = told({"tag": "latest", "digest": TWO, "pushed": "2024-05-06"})

    for records in ((owner(NAME), before, after), (after, before, owner(NAME))):
        found = merged(*records)
        (image,) = images(found)
        assert (image.digest, image.size_bytes) == (TWO, None)
        (finding,) = [each for each in found.findings if each.code == "conflict-image"]
        assert (finding.source, finding.entry) == ("oci", KEY)
        assert finding.message == (
            f"The tag latest of {NAME} is {ONE} for the image registry and {TWO} for Docker Hub."
        )


def test_image_when_one_of_the_tags_of_an_older_build_moved_then_the_build_keeps_the_others() -> None:
    before = told({"tag": "1.0", "tags": ["1.0", "latest"], "digest": ONE, "pushed": "2024-01-01"}, reader="oci",
                  source="oci")
    after = told({"tag": "latest", "digest": TWO, "pushed": "2024-05-06"})

    found = merged(before, after)

    assert [(each.pull, each.digest, each.tags) for each in images(found)] == [
        ("hub/otter:latest", TWO, ()), ("hub/otter:1.0", ONE, ()),
    ]


def test_image_when_it_is_of_another_module_then_it_completes_what_names_it_and_nothing_else() -> None:
    other = told({"tag": "latest", "digest": ONE})
    image = {"kind": "image", "reference": "docker.io/x/y:1", "tag": "1"}
    stranger = a_thing("image:docker.io/x/y", distributions=image)

    found = merged(owner(NAME), things=[other, stranger])

    assert [(each.reference, each.digest) for each in images(found)] == [(NAME, ONE)]
    assert [each.key for each in found.module.sources] == ["github.com/hub/otter"]


def test_image_when_the_owner_names_two_then_each_stands_where_it_is_named() -> None:
    found = merged(owner(NAME, "docker.io/lab/otter"), told({"tag": "latest", "digest": ONE}))

    assert [(each.reference, each.digest) for each in images(found)] == [(NAME, ONE), ("docker.io/lab/otter", None)]


BUILDS = st.lists(
    st.fixed_dictionaries({}, optional={
        "tag": st.sampled_from(["latest", "1", "2"]), "digest": st.sampled_from([ONE, TWO]),
        "tags": st.lists(st.sampled_from(["latest", "1", "2"]), max_size=2),
        "pushed": st.sampled_from(["2024-01-01", "2024-05-06"]), "size_bytes": st.integers(1, 9),
    }),
    max_size=4,
)


@given(BUILDS, BUILDS, st.booleans(), st.randoms(use_true_random=False))
def test_images_of_any_registries_are_the_same_in_any_order_and_no_digest_comes_twice(
    first: list[dict[str, Any]], second: list[dict[str, Any]], named: bool, chance: random.Random
) -> None:
    records = [told(*first), told(*second, reader="oci", source="oci"), *([owner(NAME)] if named else [])]

    found = merged(*records)
    chance.shuffle(records)

    assert merged(*records) == found
    digests = [each.digest for each in images(found) if each.digest]
    assert len(digests) == len(set(digests))
    said = {each["digest"] for each in (*first, *second) if "digest" in each}
    assert set(digests) <= said
    tags = [one for each in images(found) for one in {each.tag, *each.tags} if one]
    assert len(tags) == len(set(tags))
