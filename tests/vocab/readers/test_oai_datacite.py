"""DataCite's XML from OAI-PMH: kernels 3 and 4, bare and wrapped, from real repositories and from none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.support.documents import a_document, found
from vocab.canonical import record_from_json, record_to_bytes
from vocab.readers import read_entry
from vocab.record import EntryContext, SourceRecord

URL = "https://records.sea.eu/oai?verb=GetRecord&metadataPrefix=datacite&identifier=oai%3Asea.eu%3A1"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
_WHOLE = """<resource xmlns="http://datacite.org/schema/kernel-4">
<identifier identifierType="DOI">10.5281/ZENODO.4712345</identifier>
<creators>
<creator><creatorName nameType="Personal">Fisher, Ada</creatorName><givenName>Ada</givenName><familyName>Fisher
</familyName><nameIdentifier nameIdentifierScheme="ORCID">https://orcid.org/0000-0002-1694-233X</nameIdentifier>
<affiliation affiliationIdentifier="https://ror.org/02gfc7t72">Institute of the Sea</affiliation></creator>
<creator><creatorName nameType="Organizational">Sea Lab</creatorName></creator>
</creators>
<titles><title titleType="Subtitle">In the sea</title><title>Fish finder</title></titles>
<publisher>Sea Archive</publisher><publicationYear>2024</publicationYear>
<resourceType resourceTypeGeneral="Software">Code</resourceType>
<subjects><subject>fish</subject><subject>Classification</subject></subjects>
<contributors><contributor contributorType="ContactPerson"><contributorName>Muster, Max</contributorName></contributor>
<contributor contributorType="Editor"><contributorName>Nobody, No</contributorName></contributor></contributors>
<dates><date dateType="Created">2024-01-01</date><date dateType="Issued">2024-05-06</date></dates>
<version>v1.2</version>
<relatedIdentifiers>
<relatedIdentifier relationType="IsSupplementTo">https://github.com/Sea/Fish/tree/v1.2</relatedIdentifier>
<relatedIdentifier relatedIdentifierType="DOI" relationType="IsVersionOf">10.5281/zenodo.4712344</relatedIdentifier>
<relatedIdentifier relatedIdentifierType="DOI" relationType="IsDescribedBy">10.17882/4711</relatedIdentifier>
</relatedIdentifiers>
<rightsList><rights rightsURI="info:eu-repo/semantics/openAccess"/>
<rights rightsURI="https://spdx.org/licenses/MIT" rightsIdentifier="mit">MIT License</rights></rightsList>
<descriptions><description descriptionType="Methods">By nets.</description>
<description descriptionType="Abstract">Finds fish.</description></descriptions>
</resource>"""


def _read(body: str | bytes, path: str = "oai:datacite") -> SourceRecord:
    return read_entry(EntryContext("sea", "oai:sea.eu:1", URL), [a_document(path, body, commit=None)])


def test_record_when_whole_tells_of_a_module_with_the_line_of_each_value() -> None:
    record = _read(_WHOLE)
    assert record.findings == ()
    lines = {each.field: each.origin.line for each in reversed(record.statements)}
    assert record.values("title") == ["Fish finder"]
    assert (lines["title"], lines["description"], lines["version"]) == (9, 24, 16)
    assert record.values("authors") == [
        {"name": "Ada Fisher", "kind": "person", "given": "Ada", "family": "Fisher", "orcid": "0000-0002-1694-233X",
         "affiliation": "Institute of the Sea"},
        {"name": "Sea Lab", "kind": "organisation"},
    ]
    assert [each.origin.line for each in record.statements if each.field == "authors"] == [4, 7]
    assert [each["name"] for each in record.values("contacts") if isinstance(each, dict)] == ["Max Muster"]
    assert record.values("description") == ["Finds fish."]
    assert (record.values("keywords"), record.values("tasks")) == (["fish"], ["classification"])
    assert record.values("dates.issued") == ["2024-05-06"]
    assert record.values("identifiers") == [
        {"scheme": "doi", "value": "10.5281/zenodo.4712345", "role": "version"},
        {"scheme": "doi", "value": "10.5281/zenodo.4712344", "role": "concept"},
    ]
    assert record.values("evidence.about_doi") == ["10.5281/zenodo.4712345", "10.5281/zenodo.4712344"]
    assert record.values("evidence.about_repository") == ["github.com/sea/fish"]
    assert record.values("evidence.thing") == ["software"]
    assert [each["spdx"] for each in record.values("licence.declared") if isinstance(each, dict)] == ["MIT"]
    assert [each["doi"] for each in record.values("publications") if isinstance(each, dict)] == ["10.17882/4711"]


@pytest.mark.parametrize("namespace", ["http://datacite.org/schema/kernel-3", "http://datacite.org/schema/kernel-4.4"])
def test_record_when_in_any_kernels_namespace_says_the_same(namespace: str) -> None:
    written = _WHOLE.replace("http://datacite.org/schema/kernel-4", namespace, 1)
    assert _values(_read(written)) == _values(_read(_WHOLE))


def test_record_when_wrapped_says_the_same() -> None:
    wrapped = (
        '<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><schemaVersion>4.5</schemaVersion>'
        f"<datacentreSymbol>SEA</datacentreSymbol><payload>{_WHOLE}</payload></oai_datacite>"
    )
    assert _values(_read(wrapped, "oai:oai_datacite")) == _values(_read(_WHOLE))


def _values(record: SourceRecord) -> list[tuple[str, object]]:
    return [(each.field, each.value) for each in record.statements]


def test_record_when_it_wraps_nothing_is_told() -> None:
    record = _read('<oai_datacite xmlns="http://schema.datacite.org/oai/oai-1.1/"><payload/></oai_datacite>')
    assert [each.message for each in found(record, "shape-unexpected")] == ["the record wraps nothing"]
    assert record.unparsed == ("oai:datacite",)


def test_record_when_without_a_doi_is_known_by_its_page() -> None:
    named = '<identifier identifierType="URL">https://records.sea.eu/1</identifier>'
    record = _read(_WHOLE.replace('<identifier identifierType="DOI">10.5281/ZENODO.4712345</identifier>', named))
    assert record.values("evidence.about_module") == ["https://records.sea.eu/1"]


def test_records_when_real_are_read_without_a_failure(shared: Path) -> None:
    folder = shared / "recordings" / "zenodo" / "oai"
    kinds: dict[str, int] = {}
    for name in ("listrecords-oai_datacite-2023.xml", "list_records-4-verb-ListRecords-metadataPrefix-datacite.xml"):
        for payload in etree.parse(folder / name).iter(f"{OAI}metadata"):
            record = _read(etree.tostring(payload[0]), "oai:oai_datacite")
            assert {each.code for each in record.findings} <= {"orcid-invalid", "maintainer-unclear"}
            (thing,) = record.values("evidence.thing")
            kinds[str(thing)] = kinds.get(str(thing), 0) + 1
            assert record.values("resources"), etree.tostring(payload[0])[:500]
    assert kinds.keys() >= {"software", "dataset", "publication"}


def test_samples_of_the_standard_are_read(shared: Path) -> None:
    samples = sorted((shared / "standards" / "oai" / "samples").glob("datacite-example-*.xml"))
    assert samples
    for path in samples:
        record = _read(path.read_bytes())
        assert record.unparsed == (), path.name
        assert record.values("evidence.thing"), path.name


_ELEMENTS = st.sampled_from([
    "identifier", "creators", "creator", "creatorName", "givenName", "nameIdentifier", "titles", "title", "publisher",
    "dates", "date", "resourceType", "subjects", "subject", "relatedIdentifiers", "relatedIdentifier", "rightsList",
    "rights", "descriptions", "description", "version", "payload", "resource",
])
_TEXTS = st.sampled_from([
    "", "10.5281/zenodo.4712345", "https://github.com/a/b", "Fisher, Ada", "0000-0002-1694-233X", "2024",
])
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["identifierType", "relationType", "resourceTypeGeneral", "nameType", "titleType", "dateType"]),
    st.sampled_from(["DOI", "URL", "IsVersionOf", "HasVersion", "Software", "Dataset", "Personal", "Issued", ""]),
    max_size=2,
)


def _element(parts: tuple[str, str, dict[str, str], list[str]]) -> str:
    name, text, attributes, inner = parts
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{text}{''.join(inner)}</{name}>"


_TREES = st.recursive(
    st.tuples(_ELEMENTS, _TEXTS, _ATTRIBUTES, st.just([])).map(_element),
    lambda inner: st.tuples(_ELEMENTS, _TEXTS, _ATTRIBUTES, st.lists(inner, max_size=4)).map(_element),
    max_leaves=15,
)


@given(st.lists(_TREES, max_size=4))
def test_record_when_of_any_elements_is_read_and_can_be_kept(trees: list[str]) -> None:
    record = _read(f"<resource>{''.join(trees)}</resource>")
    assert "reader-failed" not in {each.code for each in record.findings}
    assert record_from_json(record_to_bytes(record)) == record
