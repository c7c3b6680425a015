"""What the page says of images, data sets and versions that other sources describe."""

from __future__ import annotations

from registry.web.pages.facts import lists_of
from tests.support.modules import a_module
from vocab.module import Distribution, Resource, Version


def shown(section: str, **changes: object) -> list[tuple[str, str | None, str | None]]:
    (found,) = [each for each in lists_of(a_module(**changes)) if each.id == section]
    return [(each.label, each.url, each.detail) for each in found.entries]


def test_image_when_a_registry_told_of_it_then_platforms_tags_size_and_digest() -> None:
    image = Distribution(
        "image", url="https://hub.docker.com/r/hub/otter", reference="docker.io/hub/otter", pull="hub/otter",
        tag="latest", tags=("1.0", "latest"), platforms=("linux/amd64", "linux/arm64"), size_bytes=1_500_000_000,
        digest="sha256:" + "ab" * 32, pushed="2024-05-06T07:08:09Z", revision="c0ffee" * 6,
    )

    assert shown("images", distributions=(image,)) == [(
        "hub/otter", "https://hub.docker.com/r/hub/otter",
        "1,500 MB; linux/amd64, linux/arm64; also tagged 1.0; pushed 2024-05-06; commit c0ffeec0ffee;"
        " digest sha256:abababababab…",
    )]


def test_image_when_nobody_told_of_it_then_its_name_alone() -> None:
    assert shown("images", distributions=(Distribution("image", pull="hub/otter"),)) == [("hub/otter", None, None)]


def test_data_set_when_its_record_is_known_then_by_title_with_people_year_and_licence() -> None:
    few = Resource(doi="10.5281/zenodo.7", title="Rivers", kind="dataset", authors=("Ada", "Bob"), year=2024,
                   publisher="Zenodo", licence="CC-BY-4.0")
    many = Resource(doi="10.5281/zenodo.8", authors=("Ada", "Bob", "Cy", "Di"))

    assert shown("data", training_data=(few, many)) == [
        ("Rivers", "https://doi.org/10.5281/zenodo.7", "dataset, Ada, Bob, 2024, Zenodo, CC-BY-4.0"),
        ("doi:10.5281/zenodo.8", "https://doi.org/10.5281/zenodo.8", "Ada and others"),
    ]


def test_version_when_it_was_deposited_then_with_its_doi() -> None:
    versions = (
        Version("2.0", "2024-05-06T00:00:00Z", "https://github.com/a/b/releases/2.0", doi="10.5281/zenodo.9",
                release=True),
        Version("1.0", doi="10.5281/zenodo.8"),
    )

    assert shown("versions", versions=versions) == [
        ("2.0", "https://github.com/a/b/releases/2.0", "2024-05-06 release DOI 10.5281/zenodo.9"),
        ("1.0", "https://doi.org/10.5281/zenodo.8", "DOI 10.5281/zenodo.8"),
    ]
