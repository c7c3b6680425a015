"""Canonical forms of identifiers, with the spellings that occur in real catalogues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vocab.identifiers import (
    clean_url,
    doi,
    doi_url,
    dois_in,
    image_reference,
    is_placeholder,
    orcid,
    own_doi,
    placeholder_meaning,
    repositories_in,
    repository_address,
    repository_key,
    repository_url,
    slug_of,
    swhid,
)

TEXTS = st.one_of(
    st.text(max_size=80),
    st.from_regex(r"(https?://|git@|ssh://|www\.)?[a-z.]{1,12}[:/]{1,2}[\w./%?#@()~-]{0,40}"),
    st.from_regex(r"(https://doi\.org/|doi:)?10\.\d{4,6}/[!-~]{1,20}"),
    st.from_regex(r"([a-z.]{1,8}(:\d{2,5})?/)?[a-zA-Z/_.-]{1,20}(:[\w.-]{1,9})?"),
)


def _image_form(text: object) -> str | None:
    image = image_reference(text)
    return image.reference if image else None


def _orcid_form(text: object) -> str | None:
    found = orcid(text)
    return found.value if found else None


def _repository_form(text: object) -> str | None:
    # A bare key on a host that is no forge by its name is told from any other address by git's scheme only.
    return repository_key(text) or repository_key(f"git+https://{text}")


@pytest.mark.parametrize("canonical", [_repository_form, doi, clean_url, swhid, _image_form, _orcid_form])
@given(text=TEXTS)
@example(text="https://zenodo.org/records/1%2F2")
@example(text="http://[::1")
@example(text="10.1000/%2541")
@example(text="https://a.io/100%")
def test_canonical_form_when_taken_again_is_itself(canonical: Callable[[object], str | None], text: str) -> None:
    form = canonical(text)
    if form is not None:
        assert canonical(form) == form


@given(text=st.text(max_size=60))
def test_slug_when_taken_again_is_itself(text: str) -> None:
    slug = slug_of(text)
    assert slug
    assert slug_of(slug) == slug
    assert slug.isascii()
    assert len(slug) <= 80


@pytest.mark.parametrize("canonical", [
    repository_key, doi, clean_url, swhid, image_reference, orcid, placeholder_meaning,
])
@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], {}, b"10.1000/x"])
def test_canonical_form_when_the_value_is_no_text_is_none(canonical: Callable[[object], object], value: object) -> None:
    assert canonical(value) is None


@pytest.mark.parametrize("url", [
    "https://github.com/Owner/Name", "http://github.com/owner/name", "https://www.github.com/owner/name/",
    "https://github.com/owner/name.git", "git@github.com:Owner/name.git", "ssh://git@github.com/owner/name.git",
    "ssh://git@github.com:22/owner/name", "git://github.com/owner/name.git",
    "git+https://github.com/owner/name.git@v1.2",
    "https://github.com//owner//name", "https://github.com/owner/name/tree/main/docs",
    "https://github.com/owner/name/name",
    "https://github.com/owner/name/blob/main/README.md?plain=1#top", "github.com/owner/name",
    "  https://github.com/owner/name ",
    "https://user:secret@github.com/owner/name", "https://raw.githubusercontent.com/owner/name/main/metadata.json",
    "https://api.github.com/repos/owner/name", "https://github.dev/owner/name", "<https://github.com/owner/name>.",
    "https://github.com:443/owner/name",
])
def test_repository_key_when_spelt_otherwise_is_the_same(url: str) -> None:
    assert repository_key(url) == "github.com/owner/name"


@pytest.mark.parametrize(("url", "key"), [
    ("https://gitlab.com/group/sub/project/-/tree/main", "gitlab.com/group/sub/project"),
    ("https://gitlab.com/group/project/blob/master/x.py", "gitlab.com/group/project"),
    ("https://codebase.helmholtz.cloud/m-team/ai/a-module/", "codebase.helmholtz.cloud/m-team/ai/a-module"),
    ("https://git.scc.kit.edu/se1131/A-Module", "git.scc.kit.edu/se1131/a-module"),
    ("ssh://git@gitlab.example-institute.eu:2222/g/p.git", "gitlab.example-institute.eu/g/p"),
    ("https://gitlab.institute.eu:8443/g/p", "gitlab.institute.eu:8443/g/p"),
    ("https://codeberg.org/owner/name/src/branch/main", "codeberg.org/owner/name"),
    ("https://git.sr.ht/~owner/name", "git.sr.ht/~owner/name"),
    ("https://code.institute.eu/team/tool.git", "code.institute.eu/team/tool"),
])
def test_repository_key_when_the_forge_is_another_keeps_its_host(url: str, key: str) -> None:
    assert repository_key(url) == key


@pytest.mark.parametrize("url", [
    "https://github.cai4os-hub/posenet-tf", "https://github.cai4os-hub/posenet-tf/x", "https://github.con/owner/name",
    "https://gitlab.c/owner/name", "https://github.com", "https://github.com/owner", "https://github.com/orgs/owner",
    "https://github.com/owner/..", "https://gist.github.com/owner/0123", "https://owner.github.io/name",
    "owner/name", "",
    "https://zenodo.org/records/15390169", "https://hub.docker.com/r/owner/name", "mailto:a@github.com/b",
    "https://github.com/your-username/name", "https://github.com/ow ner/name",
])
def test_repository_key_when_broken_or_no_repository_is_none(url: str) -> None:
    assert repository_key(url) is None


def test_repository_address_when_written_badly_says_what_was_put_right() -> None:
    address = repository_address(" http://www.github.com//Owner//Name.git/docs?x=1 ")
    assert address is not None
    assert (address.host, address.owner, address.name, address.below) == ("github.com", "owner", "name", "docs")
    assert address.url == repository_url(address.key) == "https://github.com/owner/name"
    assert address.faults == ("blanks", "scheme", "host", ".git", "double slash", "letter case", "below", "query")


def test_repository_address_when_written_well_has_no_faults() -> None:
    address = repository_address("https://gitlab.com/group/sub/name")
    assert address is not None
    assert address.faults == ()
    assert address.owner == "group/sub"


def test_repositories_in_when_text_has_links_gives_each_once() -> None:
    moved = "Moved to [here](https://github.com/Newer/Place)."
    text = f"{moved} See https://github.com/newer/place/issues and git@gitlab.com:a/b.git!"
    assert repositories_in(text) == ("github.com/newer/place", "gitlab.com/a/b")


@pytest.mark.parametrize(("text", "name"), [
    ("10.5281/ZENODO.13343448", "10.5281/zenodo.13343448"),
    ("https://doi.org/10.5281/zenodo.13343448", "10.5281/zenodo.13343448"),
    ("http://dx.doi.org/10.17882/101899.", "10.17882/101899"),
    ("doi:10.1016/j.isprsjprs.2018.09.018", "10.1016/j.isprsjprs.2018.09.018"),
    ("https://zenodo.org/records/15390169", "10.5281/zenodo.15390169"),
    ("https://zenodo.org/record/4767772/files/weights.zip?download=1", "10.5281/zenodo.4767772"),
    ("https://zenodo.org/doi/10.5281/zenodo.4767772", "10.5281/zenodo.4767772"),
    ("https://zenodo.org/badge/DOI/10.5281/zenodo.4767772.svg", "10.5281/zenodo.4767772"),
    ("https://doi.org/10.1002%2Fabc(2020)1", "10.1002/abc(2020)1"),
    ("10.1002/abc).", "10.1002/abc"),
    ("https://doi.org/10.1002/abc?utm=1", "10.1002/abc"),
])
def test_doi_when_spelt_otherwise_is_bare_and_lower_case(text: str, name: str) -> None:
    assert doi(text) == name


@pytest.mark.parametrize("text", [
    "https://doi.org/", "10.5281", "10.5281/zenodo.xxxxxxx", "10.5281/zenodo.1234567", "10.5072/abc", "see 10.1002/abc",
    "https://sandbox.zenodo.org/records/4767772", "https://arxiv.org/abs/2112.01527", "10.5281/zenodo.47677a",
])
def test_doi_when_it_is_none_or_a_sample_is_none(text: str) -> None:
    assert doi(text) is None


def test_dois_in_when_text_has_markdown_and_badges_gives_each_once() -> None:
    text = (
        "[![DOI](https://zenodo.org/badge/DOI/10.5281/zenodo.4767772.svg)](https://doi.org/10.5281/zenodo.4767772) and "
        "([data](https://zenodo.org/records/15390169)), (doi:10.1002/ab(c)1)."
    )
    assert dois_in(text) == ("10.5281/zenodo.4767772", "10.5281/zenodo.15390169", "10.1002/ab(c)1")


@pytest.mark.parametrize(("text", "verdict"), [
    ("https://orcid.org/0000-0003-1983-9896", ("0000-0003-1983-9896", True, False)),
    ("0009-0006-9040-9118", ("0009-0006-9040-9118", True, False)),
    ("ORCID: 000000021694233x", ("0000-0002-1694-233X", True, False)),
    ("0000-0002-1825-0097", ("0000-0002-1825-0097", True, True)),
    ("https://orcid.org/0000-0001-2345-6789", ("0000-0001-2345-6789", True, True)),
    ("0000-0002-3456-7890", ("0000-0002-3456-7890", False, False)),
    ("1234-5678-9012-3456", ("1234-5678-9012-3456", False, True)),
])
def test_orcid_when_shaped_like_one_says_whether_it_can_be_real(text: str, verdict: tuple[str, bool, bool]) -> None:
    found = orcid(text)
    assert found is not None
    assert (found.value, found.valid, found.sample) == verdict
    assert found.usable is (verdict[1] and not verdict[2])


def test_orcid_when_shaped_otherwise_is_none() -> None:
    assert orcid("0000-0003-1983") is None
    assert orcid("https://orcid.org/") is None


@pytest.mark.parametrize(("text", "reference", "pull"), [
    ("ai4oshub/x", "docker.io/ai4oshub/x", "ai4oshub/x"),
    (" ai4oshub/posenet-tf", "docker.io/ai4oshub/posenet-tf", "ai4oshub/posenet-tf"),
    ("ai4oshub/X:CPU", "docker.io/ai4oshub/x:CPU", "ai4oshub/x:CPU"),
    ("vllm/vllm-openai:latest", "docker.io/vllm/vllm-openai:latest", "vllm/vllm-openai:latest"),
    ("registry.services.ai4os.eu/ai4os/ai4-cvat-ui", "registry.services.ai4os.eu/ai4os/ai4-cvat-ui",
     "registry.services.ai4os.eu/ai4os/ai4-cvat-ui"),
    ("localhost:5000/a/b:1", "localhost:5000/a/b:1", "localhost:5000/a/b:1"),
    ("https://hub.docker.com/r/deephdc/deep-oc-x/tags", "docker.io/deephdc/deep-oc-x", "deephdc/deep-oc-x"),
    ("https://hub.docker.com/u/ai4oshub/posenet-tf", "docker.io/ai4oshub/posenet-tf", "ai4oshub/posenet-tf"),
    ("https://hub.docker.com/_/python", "docker.io/library/python", "python"),
    ("https://quay.io/repository/org/name?tab=tags", "quay.io/org/name", "quay.io/org/name"),
    ("docker pull index.docker.io/a/b", "docker.io/a/b", "a/b"),
    ("docker://ghcr.io/a/b", "ghcr.io/a/b", "ghcr.io/a/b"),
    ("a/b@sha256:" + "AB" * 32, "docker.io/a/b@sha256:" + "ab" * 32, "a/b@sha256:" + "ab" * 32),
])
def test_image_reference_when_spelt_otherwise_is_canonical(text: str, reference: str, pull: str) -> None:
    image = image_reference(text)
    assert image is not None
    assert (image.reference, image.pull) == (reference, pull)


def test_image_reference_when_no_owner_is_named_says_so() -> None:
    image = image_reference("image-classification-tf-dicom")
    assert image is not None
    assert image.bare
    assert image.name == "docker.io/library/image-classification-tf-dicom"
    official = image_reference("https://hub.docker.com/_/python")
    assert official is not None
    assert not official.bare
    assert official.page == "https://hub.docker.com/_/python"


@pytest.mark.parametrize("text", [
    "", "a b", "https://github.com/a/b", "a/b:", "a/b@sha256:12", "-a/b", "a//b", "$DOCKER_IMAGE", "TODO", "a/b:t:u",
    "http://add-some-image.com",
])
def test_image_reference_when_it_names_no_image_is_none(text: str) -> None:
    assert image_reference(text) is None


@pytest.mark.parametrize(("text", "url"), [
    ("HTTP://GitHub.com:80/A/B", "https://github.com/A/B"),
    ("https://cephrgw01.ifca.es:8080/swift/v1/x/", "https://cephrgw01.ifca.es:8080/swift/v1/x/"),
    ("http://digital.csic.es//handle/10261/194545", "http://digital.csic.es/handle/10261/194545"),
    ("https://web.archive.org/web/2020/http://a.org/b", "https://web.archive.org/web/2020/http://a.org/b"),
    ("www.vliz.be/a b", "https://www.vliz.be/a%20b"),
    ("<https://cocodataset.org/>,", "https://cocodataset.org/"),
    ("https://zenodo.org/record/15390169", "https://doi.org/10.5281/zenodo.15390169"),
    ("https://zenodo.org/records/15390169/files/a.zip", "https://zenodo.org/records/15390169/files/a.zip"),
    ("10.17882/101899", "https://doi.org/10.17882/101899"),
    ("doi:10.17882/101899", "https://doi.org/10.17882/101899"),
    ("https://en.wikipedia.org/wiki/Crete_(island)", "https://en.wikipedia.org/wiki/Crete_(island)"),
    ("https://a.institute.eu/é|x", "https://a.institute.eu/%C3%A9%7Cx"),
])
def test_clean_url_when_spelt_otherwise_is_clean(text: str, url: str) -> None:
    assert clean_url(text) == url


@pytest.mark.parametrize("text", [
    "http://add-some-weights-url.com", "http://add-some-url-pointing-to-your-dataset.com", "https://example.com/data",
    "https://github.cai4os-hub/posenet-tf", "javascript:alert(1)", "file:///etc/passwd", "just words", "", "https://",
    "https://doi.org/", "https://a.institute.eu:port/x", "https://a.institute.eu/\u202ex", "ai4-template/2.1.5",
])
def test_clean_url_when_placeholder_or_broken_is_none(text: str) -> None:
    assert clean_url(text) is None


@pytest.mark.parametrize(("text", "meaning"), [
    ("", "no value"), (" - ", "no value"), ("N/A", "no value"), ("TODO: write", "to be written"), ("TBD",
    "to be written"),
    ("http://add-some-weights-url.com", "template address"), ("https://your-site.com/x", "template address"),
    ("http://example.org", "sample address"), ("https://a.invalid/x", "reserved address"),
    ("someone@example.com", "sample mail address"), ("YYYY-MM-DD", "template date"), ("dd/mm/yyyy", "template date"),
    ("No license file", "no licence"), ("{{ cookiecutter.title }}", "template mark"), ("<your name>", "template mark"),
    ("http://<add-some-DOI-url>", "template mark"),
    ("Your name here", "template text"), ("Add a description", "template text"), ("Lorem ipsum dolor", "filler text"),
    ("John Doe", "sample person"), ("10.5281/zenodo.1234567", "sample DOI"), ("0000-0000-0000-0000", "sample ORCID"),
])
def test_placeholder_meaning_when_nobody_meant_it_tells_the_kind(text: str, meaning: str) -> None:
    assert placeholder_meaning(text) == meaning
    assert is_placeholder(text)


@pytest.mark.parametrize("text", [
    "MIT", "https://github.com/owner/name", "Unknown species detector", "test", "<a@b.eu>", "2019-01-01",
    "TODO list manager",
    "10.5281/zenodo.123456789", "Nonelinear models", "https://testing.eu", "<https://zenodo.org>",
])
def test_is_placeholder_when_it_is_a_value_is_false(text: str) -> None:
    assert not is_placeholder(text)


def test_swhid_when_in_an_address_or_qualified_is_the_core() -> None:
    core = "swh:1:rev:" + "0a" * 20
    assert swhid(f"https://archive.softwareheritage.org/{core};origin=https://github.com/a/b/") == core
    assert swhid("swh:1:rev:12") is None


@pytest.mark.parametrize(("name", "slug"), [
    ("DEEP-OC-satsr", "deep-oc-satsr"), ("dogs_breed_det", "dogs-breed-det"), ("Ærø straße 2.0", "aero-strasse-2-0"),
    ("WITOIL for iMagine", "witoil-for-imagine"), ("a" * 90, "a" * 80), ("word " * 30, ("word-" * 16)[:-1]),
])
def test_slug_when_made_of_a_name_is_plain(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_slug_when_the_name_has_no_latin_letter_is_its_hash() -> None:
    assert slug_of("海洋") == slug_of("海洋")
    assert slug_of("海洋") != slug_of("洋海")
    assert slug_of("海洋").startswith("x-")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10.5281/Zenodo.4691101", "10.5281/zenodo.4691101"), (" 10.5072/Zenodo.90001 ", "10.5072/zenodo.90001"),
        ("10.11646/zootaxa.3916.1.1", "10.11646/zootaxa.3916.1.1"), ("10.5072/", None), ("10.5072/a b", None),
        ("10.1234/x", None), (None, None), (7, None),
    ],
)
def test_doi_that_an_archive_gives_its_own_record_may_be_of_a_sandbox(text: object, name: str | None) -> None:
    assert own_doi(text) == name
    assert doi(text) == (name if name is None or not name.startswith("10.5072/") else None)


def test_doi_url_of_any_text_then_an_address() -> None:
    assert doi_url("10.5281/zenodo.1?a b") == "https://doi.org/10.5281/zenodo.1%3Fa%20b"
    assert doi_url("10.1/\ud800") == "https://doi.org/10.1/%3F"
