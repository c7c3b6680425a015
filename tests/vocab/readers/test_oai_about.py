"""Where a harvested record came from: read from its envelope, nested, kept, and written valid by its schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.support.documents import a_document
from vocab.plain_text import xml_attribute, xml_text
from vocab.provenance import (
    MOST_HOPS,
    NAMESPACE,
    OriginDescription,
    origin_from_json,
    origin_in,
    origin_of,
    provenance_xml,
)
from vocab.readers import read_entry
from vocab.record import EntryContext, Json

BASE, DC = "https://records.sea.eu/oai", "http://www.openarchives.org/OAI/2.0/oai_dc/"


def _hop(number: int, inner: str = "", *, stamp: str = "2025-01-01T00:00:00Z") -> str:
    return (
        f'<originDescription harvestDate="{stamp}" altered="false"><baseURL>https://r{number}.sea.eu/oai</baseURL>'
        f"<identifier>oai:r{number}:1</identifier><datestamp>2024-01-01</datestamp>"
        f"<metadataNamespace>{DC}</metadataNamespace>{inner}</originDescription>"
    )


def _envelope(about: str = "", *, identifier: str = "oai:sea.eu:1", datestamp: str = "2026-01-01") -> str:
    provenance = f'<about><provenance xmlns="{NAMESPACE}">{about}</provenance></about>' if about else ""
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-02T03:04:05Z</responseDate>'
        f"<request>{BASE}</request><record><header><identifier>{identifier}</identifier>"
        f'<datestamp>{datestamp}</datestamp></header><metadata><dc xmlns="{DC}"/></metadata>'
        f"<about><rights>mine</rights></about>{provenance}</record></OAI-PMH>"
    )


def _origin(body: str) -> OriginDescription | None:
    record = read_entry(EntryContext("sea", "oai:sea.eu:1", BASE), [a_document("oai:about", body, commit=None)])
    assert "reader-failed" not in {each.code for each in record.findings}
    values: list[Json] = record.values("evidence.provenance")
    return origin_from_json(values[0]) if values else None


def test_envelope_when_nothing_came_before_is_one_hop() -> None:
    assert _origin(_envelope()) == OriginDescription(
        BASE, "oai:sea.eu:1", "2026-01-01", DC, "2026-01-02T03:04:05Z", altered=True,
    )


def test_envelope_when_the_record_was_harvested_before_nests_its_hops() -> None:
    found = _origin(_envelope(_hop(1, _hop(2))))
    assert found is not None
    assert found.before is not None
    assert found.before == OriginDescription(
        "https://r1.sea.eu/oai", "oai:r1:1", "2024-01-01", DC, "2025-01-01T00:00:00Z", altered=False,
        before=OriginDescription(
            "https://r2.sea.eu/oai", "oai:r2:1", "2024-01-01", DC, "2025-01-01T00:00:00Z", altered=False,
        ),
    )


@pytest.mark.parametrize("about", [
    "<originDescription/>", _hop(1, stamp="soon"), _hop(1).replace("https://r1.sea.eu/oai", "javascript:alert(1)"),
    _hop(1).replace("oai:r1:1", ""),
])
def test_envelope_when_what_came_before_is_not_valid_is_one_hop(about: str) -> None:
    found = _origin(_envelope(about))
    assert found is not None
    assert found.before is None


def test_envelope_when_the_chain_has_no_end_keeps_the_nearest_hops() -> None:
    chain = ""
    for number in range(40, 0, -1):
        chain = _hop(number, chain)
    found, count = _origin(_envelope(chain)), 0
    while found is not None:
        found, count = found.before, count + 1
    assert count == MOST_HOPS + 1


@pytest.mark.parametrize("body", ["", "<html/>", '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"/>'])
def test_envelope_when_it_is_none_tells_nothing(body: str) -> None:
    assert _origin(body) is None


def test_provenance_when_written_is_valid_and_read_as_it_was(shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "standards" / "oai" / "oai-pmh" / "provenance.xsd"))
    origin = origin_of(
        "https://r.sea.eu/oai?a=1&b=2", "oai:sea.eu:ä b<c>%zz", "2026-01-01T00:00:00Z", "urn:x y", "2026-01-02",
        before=origin_of(BASE, "1", "2024-01-01", DC, "2025-01-01", altered=False),
    )
    assert origin is not None
    element = etree.fromstring(provenance_xml(origin))
    assert schema.validate(element), str(schema.error_log)
    assert origin_in(element[0]) == origin
    assert origin.identifier == "oai:sea.eu:%C3%A4%20b%3Cc%3E%25zz"
    assert origin_from_json(origin.to_json()) == origin


_TEXT = st.text(max_size=20) | st.sampled_from([BASE, "2026-01-01", "2026-01-01T00:00:00+02:00", "oai:x:1", DC])


@given(_TEXT, _TEXT, _TEXT, _TEXT, _TEXT)
def test_provenance_when_of_any_texts_is_none_or_valid(a: str, b: str, c: str, d: str, e: str) -> None:
    written = (
        f'<originDescription harvestDate="{xml_attribute(e)}"><baseURL>{xml_text(a)}</baseURL>'
        f"<identifier>{xml_text(b)}</identifier><datestamp>{xml_text(c)}</datestamp>"
        f"<metadataNamespace>{xml_text(d)}</metadataNamespace></originDescription>"
    )
    origin = origin_in(etree.fromstring(written))
    if origin is not None:
        again = etree.fromstring(provenance_xml(origin))
        assert origin_in(again[0]) == origin


@pytest.mark.parametrize("form", [None, [], "x", {}, {"base_url": 1}, {"base_url": BASE, "identifier": "x"}])
def test_provenance_when_what_was_kept_is_none_is_none(form: Json) -> None:
    assert origin_from_json(form) is None
