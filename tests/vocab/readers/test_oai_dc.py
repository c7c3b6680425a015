"""Dublin Core from OAI-PMH: what is certain is read, whatever the repository made of the fifteen elements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents import a_document, found
from vocab.canonical import record_from_json, record_to_bytes
from vocab.html_text import markdown_of_html
from vocab.plain_text import plain_text, xml_text
from vocab.readers import read_entry
from vocab.readers.oai_dc import _html
from vocab.record import EntryContext, Listing, SourceRecord

_OPEN = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/">'
)
URL = "https://records.sea.eu/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai%3Asea.eu%3A1"


def _context(listing: Listing | None = None) -> EntryContext:
    return EntryContext("sea", "oai:sea.eu:1", URL, "2026-01-01", listing)


def _read(*pairs: tuple[str, str], listing: Listing | None = None) -> SourceRecord:
    """What the readers make of a record with these elements, each on a line of its own."""
    body = "\n".join((_OPEN, *(f"<dc:{name}>{xml_text(value)}</dc:{name}>" for name, value in pairs), "</oai_dc:dc>"))
    return read_entry(_context(listing), [a_document("oai:oai_dc", body, commit=None)])


def test_record_when_whole_tells_of_a_module_with_the_line_of_each_value() -> None:
    record = _read(
        ("title", "Fish finder"), ("creator", "Fisher, Ada"), ("creator", "University of the Sea"),
        ("contributor", "Muster, Max"), ("subject", "fish"), ("subject", "Computer Science"), ("subject", "PyTorch"),
        ("description", "Finds fish.\n\nIn the sea."), ("description", "Finds fish"), ("publisher", "Sea Archive"),
        ("date", "2024-05-06"), ("type", "Software"), ("identifier", "https://doi.org/10.5281/zenodo.4712345"),
        ("identifier", "https://records.sea.eu/1"), ("source", "https://github.com/Sea/Fish"),
        ("relation", "https://hub.docker.com/r/sea/fish"), ("rights", "info:eu-repo/semantics/openAccess"),
        ("rights", "https://spdx.org/licenses/MIT"), ("language", "en"), ("format", "application/zip"),
    )
    assert record.findings == ()
    said = {each.field: each for each in record.statements}
    assert record.values("title") == ["Fish finder"]
    assert said["title"].origin.line == 2
    assert said["title"].origin.reader == "oai_dc"
    assert [(each.value["name"], each.value["kind"], each.origin.line) for each in record.statements
            if each.field == "authors" and isinstance(each.value, dict)] == [
        ("Ada Fisher", "person", 3), ("University of the Sea", "organisation", 4),
    ]
    assert record.values("contacts") == [{"name": "Max Muster", "kind": "person", "given": "Max", "family": "Muster"}]
    assert record.values("keywords") == ["fish"]
    assert record.values("libraries") == ["pytorch"]
    assert record.values("description") == ["Finds fish.\n\nIn the sea."]
    assert record.values("summary") == ["Finds fish"]
    assert record.values("dates.issued") == ["2024-05-06"]
    assert record.values("evidence.thing") == ["software"]
    assert record.values("evidence.about_doi") == ["10.5281/zenodo.4712345"]
    assert record.values("evidence.about_module") == ["https://records.sea.eu/1"]
    assert record.values("evidence.about_repository") == ["github.com/sea/fish"]
    assert record.values("identifiers") == [
        {"scheme": "doi", "value": "10.5281/zenodo.4712345"}, {"scheme": "url", "value": "https://records.sea.eu/1"},
    ]
    (licence,) = record.values("licence.declared")
    assert isinstance(licence, dict)
    assert licence["spdx"] == "MIT"
    (image,) = record.values("distributions")
    assert isinstance(image, dict)
    assert (image["kind"], image["reference"]) == ("image", "docker.io/sea/fish")


@pytest.mark.parametrize(("types", "thing"), [
    (["Software"], "software"),
    (["http://purl.org/coar/resource_type/c_5ce6"], "software"),
    (["info:eu-repo/semantics/other", "computer program"], "software"),
    ([], "software"),
    (["Machine learning model"], "model"),
    (["Dataset"], "dataset"),
    (["http://purl.org/coar/resource_type/c_ddb1"], "dataset"),
    (["info:eu-repo/semantics/article"], "publication"),
    (["info:eu-repo/semantics/doctoralThesis"], "publication"),
    (["info:eu-repo/semantics/other"], "other"),
    (["Image"], "other"),
])
def test_type_when_said_in_any_of_the_usual_ways_is_known(types: list[str], thing: str) -> None:
    assert _read(("title", "Fish"), *(("type", each) for each in types)).values("evidence.thing") == [thing]


def test_record_when_of_a_data_set_is_a_thing_with_a_name_and_no_module() -> None:
    record = _read(
        ("title", "Pictures of fish"), ("creator", "Fisher, Ada"), ("type", "Dataset"), ("date", "2023"),
        ("identifier", "doi:10.17882/4711"), ("publisher", "Sea Archive"),
    )
    assert record.values("title") == []
    assert record.values("resources") == [{
        "url": "https://doi.org/10.17882/4711", "title": "Pictures of fish", "doi": "10.17882/4711", "kind": "dataset",
        "authors": ["Ada Fisher"], "year": 2023, "publisher": "Sea Archive",
    }]


def test_record_when_it_names_a_release_is_of_that_repository() -> None:
    record = _read(
        ("title", "sea/fish: v1.0"), ("type", "info:eu-repo/semantics/other"),
        ("relation", "https://github.com/sea/fish/tree/v1.0"), ("relation", "https://github.com/else/where"),
        ("relation", "https://zenodo.org/communities/sea/"), ("relation", "https://doi.org/10.17882/4711"),
        ("identifier", "https://doi.org/10.5072/zenodo.9000"),
    )
    assert record.values("evidence.about_repository") == ["github.com/sea/fish"]
    assert record.values("evidence.code") == ["github.com/else/where"]
    assert record.values("evidence.about_doi") == ["10.5072/zenodo.9000"]
    assert record.values("publications") == []


@pytest.mark.parametrize(("written", "read"), [
    ("<p>Finds <b>fish</b>.</p>", "Finds fish."),
    ("&lt;p&gt;Finds &lt;b&gt;fish&lt;/b&gt;.&lt;/p&gt;", "Finds fish."),
    ("&amp;lt;p&amp;gt;Finds fish.&amp;lt;/p&amp;gt;", "Finds fish."),
    ("Is 1 < 2 & *3* > 2?", r"Is 1 \< 2 & \*3\* > 2?"),
    ("# no heading\n- no list", "\\# no heading\\\n\\- no list"),
])
def test_description_when_html_or_plain_is_markdown_that_says_the_same(written: str, read: str) -> None:
    assert _read(("title", "Fish"), ("description", written)).values("description") == [read]


@given(st.text(alphabet="ab1 .#*-_+>=~`|[]()<&;\\!\n:/\"'", max_size=40))
def test_description_when_plain_comes_out_plain_as_it_was(text: str) -> None:
    plain = plain_text(text)
    assert plain_text(markdown_of_html(_html(plain))).split() == plain.split()


@pytest.mark.parametrize(("identifier", "value"), [
    ("https://arxiv.org/abs/2401.01234v2", {"scheme": "arxiv", "value": "2401.01234"}),
    ("https://hdl.handle.net/21.15107/1", {"scheme": "handle", "value": "21.15107/1"}),
])
def test_identifier_when_of_another_scheme_is_kept_with_it(identifier: str, value: dict[str, str]) -> None:
    record = _read(("title", "Fish"), ("identifier", identifier))
    assert record.values("identifiers") == [value]
    assert record.values("evidence.about_module") == []


def test_summary_when_the_second_description_is_long_or_one_of_many_is_none() -> None:
    assert _read(("title", "a b"), ("description", "One"), ("description", "x" * 301)).values("summary") == []
    many = [("description", each) for each in ("One", "Two", "Three")]
    assert _read(("title", "a b"), *many).values("summary") == []


def test_record_when_named_as_a_paper_is_that_and_no_module() -> None:
    listing = Listing(URL, named_by=("github.com/sea/fish",), roles=("paper",))
    record = _read(("title", "Fish"), ("type", "Software"), ("identifier", "10.17882/4711"), listing=listing)
    assert record.followed
    assert record.values("title") == []
    assert len(record.values("resources")) == 1


@pytest.mark.parametrize(("body", "code", "message", "line"), [
    ("<html></html>", "xml-unreadable", "the record cannot be read: it is a web page", 1),
    (
        f"{_OPEN}\n<dc:title>", "xml-unreadable",
        "the record cannot be read: it is not well-formed: Premature end of data in tag title line 2", 2,
    ),
    ("<mods/>", "shape-unexpected", "`mods` stands where `dc` or `qualifieddc` should", 1),
])
def test_record_when_it_is_none_is_told(body: str, code: str, message: str, line: int) -> None:
    record = read_entry(_context(), [a_document("oai:oai_dc", body, commit=None)])
    (told,) = found(record, code)
    assert (told.message, told.line, told.file) == (message, line, None)
    assert record.unparsed == ("oai:oai_dc",)


_NAMES = st.sampled_from([
    "title", "creator", "contributor", "subject", "description", "publisher", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights", "other",
])
_VALUES = st.text(max_size=40) | st.sampled_from([
    "https://doi.org/10.5281/zenodo.4712345", "https://github.com/a/b/tree/v1", "https://hub.docker.com/r/a/b",
    "Software", "2024", "2024-05-06", "<p>x</p>", "&lt;p&gt;", "https://x.sea.eu/ü", "Fisher, Ada", ", ", "https://[",
    "doi:10.",
])


@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=12))
def test_record_when_of_any_elements_is_read_and_can_be_kept(pairs: list[tuple[str, str]]) -> None:
    record = _read(*pairs)
    assert "reader-failed" not in {each.code for each in record.findings}
    assert record_from_json(record_to_bytes(record)) == record
