"""Rules 1 to 23: requests, verbs, arguments, and what every answer looks like."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.support.oai import ENDPOINT, Registry, a_registry, attributes, identifier_of, numbered, stamp_at
from vocab.module import Agent

LIST = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.mark.parametrize(
    "query", ["", "verb=", "verb=Nonsense", "verb=identify", "verb=Identify&verb=Identify", "set=a"]
)
def test_rule_1_without_one_known_verb_then_bad_verb(registry: Registry, query: str) -> None:
    answer = registry.get(query)
    assert answer.error == "badVerb"
    assert not answer.request.attrib


def test_rule_1_message_then_says_which_verbs_there_are(registry: Registry) -> None:
    assert registry.get("").message == (
        "verb must be one of GetRecord, Identify, ListIdentifiers, ListMetadataFormats, ListRecords, ListSets"
    )


@pytest.mark.parametrize(
    "query",
    [
        "verb=Identify&set=task",
        f"{LIST}&Set=task",
        f"{LIST}&identifier=oai:x:y",
        f"{LIST}&nonsense=1",
        "verb=ListSets&set=a",
        f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier_of(1)}&resumptionToken=x",
    ],
)
def test_rule_2_argument_of_another_verb_then_bad_argument(registry: Registry, query: str) -> None:
    answer = registry.get(query)
    assert answer.error == "badArgument"
    assert not answer.request.attrib


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("verb=ListRecords", "ListRecords needs metadataPrefix"),
        ("verb=ListIdentifiers&set=task", "ListIdentifiers needs metadataPrefix"),
        ("verb=GetRecord", "GetRecord needs identifier and metadataPrefix"),
        (f"verb=GetRecord&identifier={identifier_of(1)}", "GetRecord needs metadataPrefix"),
    ],
)
def test_rule_3_required_argument_missing_then_bad_argument(registry: Registry, query: str, message: str) -> None:
    answer = registry.get(query)
    assert (answer.error, answer.message) == ("badArgument", message)


@pytest.mark.parametrize("twice", ["metadataPrefix=oai_dc", "set=task&set=task", "from=2026-01-01&from=2026-01-02"])
def test_rule_4_argument_twice_then_bad_argument(registry: Registry, twice: str) -> None:
    assert registry.get(f"{LIST}&{twice}").error == "badArgument"


def test_rule_4_argument_in_query_and_body_then_bad_argument(registry: Registry) -> None:
    client = registry.app.test_client()
    form = {"metadataPrefix": "oai_dc"}
    assert registry.checked(client.post(f"/oai?{LIST}", data=form)).message == "metadataPrefix is given more than once"


def test_rule_5_token_with_another_argument_then_bad_argument(registry: Registry) -> None:
    token = registry.get(LIST).token
    assert token is not None
    answer = registry.ask(verb="ListRecords", resumptionToken=token.text or "", metadataPrefix="oai_dc")
    assert answer.message == "resumptionToken must stand alone beside verb"


def test_rule_6_post_then_the_same_as_get(registry: Registry) -> None:
    for query in (
        "verb=Identify",
        LIST,
        "verb=GetRecord",
        f"verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier_of(3)}",
    ):
        assert registry.post(query).response.data == registry.get(query).response.data


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rule_6_address_with_a_slash_at_the_end_then_no_redirect(registry: Registry, method: str) -> None:
    client = registry.app.test_client()
    answer = registry.checked(client.open("/oai/?verb=Identify", method=method))
    assert answer.error is None


def test_rule_6_post_of_another_media_type_then_its_body_holds_no_arguments(registry: Registry) -> None:
    assert registry.post("verb=Identify", content_type="text/plain").error == "badVerb"


def test_rule_6_post_of_a_huge_form_then_bad_argument(registry: Registry) -> None:
    answer = registry.post("verb=Identify&x=" + "y" * 70_000)
    assert (answer.error, answer.message) == ("badArgument", "the form must not be larger than 65536 bytes")


def test_rule_7_request_then_arguments_are_repeated_as_sent(registry: Registry) -> None:
    answer = registry.get(f"{LIST}&set=task&from=2026-01-01&until=2026-01-31")
    assert attributes(answer.request) == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "set": "task",
        "from": "2026-01-01",
        "until": "2026-01-31",
    }
    missed = registry.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:x.org:none")
    assert attributes(missed.request) == {
        "verb": "GetRecord",
        "metadataPrefix": "oai_dc",
        "identifier": "oai:x.org:none",
    }


@pytest.mark.parametrize(
    "identifier", ['oai:x:"', "oai:x:<b>", "a b", "%", "1:2", ":", "", "oai:x:#", "é", "http://[::1]/"]
)
def test_rule_8_identifier_that_is_no_uri_then_bad_argument_and_valid(registry: Registry, identifier: str) -> None:
    assert registry.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier).error == "badArgument"


@pytest.mark.parametrize(
    "identifier", ["oai:x:&", "unknown", "oai:x:'a'", "http://x.org/a?b=c&d", "/a:b", "%20", "urn:a:b:c"]
)
def test_rule_8_identifier_with_odd_characters_then_repeated_and_valid(registry: Registry, identifier: str) -> None:
    answer = registry.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier)
    assert answer.error == "idDoesNotExist"
    assert answer.request.get("identifier") == identifier


@pytest.mark.parametrize("bytes_", ["%00", "%0B", "%1F", "%EF%BF%BE", "%EF%BF%BF", "%ED%A0%80", "%FF", "%C3", "%C0%80"])
@pytest.mark.parametrize(
    "where",
    [
        "verb=Identify{}",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x{}",
        "verb=ListRecords&resumptionToken={}",
        "verb=ListRecords&metadataPrefix={}",
        "{}=x",
    ],
)
def test_rule_9_what_xml_cannot_hold_then_bad_argument(registry: Registry, bytes_: str, where: str) -> None:
    answer = registry.get(where.format(bytes_))
    assert answer.error == "badArgument"
    assert not answer.request.attrib


@pytest.mark.parametrize("prefix", ["", "a b", "a/b", "é", "<x>"])
def test_rule_10_prefix_with_illegal_characters_then_bad_argument(registry: Registry, prefix: str) -> None:
    answer = registry.ask(verb="ListRecords", metadataPrefix=prefix)
    assert answer.message == "metadataPrefix may hold letters, digits and -_.!~*'() only"


def test_rule_11_long_query_then_answered_and_tokens_are_short(registry: Registry) -> None:
    assert (
        registry.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:x:" + "y" * 3000).error
        == "idDoesNotExist"
    )
    token = registry.get(f"{LIST}&set=source:deep-open-catalogue&from=2026-01-01&until=2026-02-01").token
    assert token is not None
    assert len(token.text or "") < 400


def test_rule_12_base_url_then_the_configured_one_whatever_the_host_header_says(registry: Registry) -> None:
    client = registry.app.test_client()
    answer = registry.checked(
        client.get("/oai?verb=Identify", headers={"Host": "evil.example", "X-Forwarded-Host": "e.vil"})
    )
    assert answer.texts("baseURL") == [ENDPOINT]


def test_rule_15_answer_then_declared_utf_8_without_dtd(registry: Registry) -> None:
    body = registry.get(LIST).response.data
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    assert b"<!DOCTYPE" not in body
    assert b"<OAI-PMH xmlns=" in body


def test_rule_16_illegal_characters_in_metadata_then_they_were_dropped(
    tmp_path: Path, schema: etree.XMLSchema | None
) -> None:
    with a_registry(
        f"sqlite:///{tmp_path / 'r.sqlite3'}", tmp_path, schema=schema, repository_name="Odd \x00\x0b & <b>"
    ) as odd:
        dirty = numbered(
            1, title="Bir\x00ds\x0b \ufffe\ud800!", authors=(Agent(name="A\x1f<&>\"'"),), keywords=("\x00", "ok\x03")
        )
        odd.publish([(dirty, stamp_at(1))])
        assert "Birds !" in odd.get(LIST).response.text
        assert odd.ask(verb="Identify").texts("repositoryName") == ["Odd  & <b>"]
        assert odd.ask(verb="ListSets").error is None


def test_rule_17_payload_then_one_element_with_its_own_namespaces(registry: Registry) -> None:
    for metadata in registry.get(LIST).root.iter("{*}metadata"):
        assert len(metadata) == 1
        assert metadata[0].tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
        assert metadata[0].get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation") == (
            "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
        )
    assert registry.get(LIST).response.data.count(b"<?xml ") == 1


def test_rule_18_schema_is_at_hand_then_it_refuses_what_is_wrong(registry: Registry) -> None:
    if registry.schema is None:
        pytest.skip("no ../shared beside the checkout: no official schema")
    root = registry.get(LIST).root
    for token in root.iter("{*}resumptionToken"):
        token.set("cursor", "minus one")
    assert not registry.schema.validate(root)


@pytest.mark.parametrize("header", ["gzip", "gzip, deflate", "deflate, gzip;q=0.5", "*"])
def test_rule_20_gzip_asked_for_then_given(registry: Registry, header: str) -> None:
    response = registry.app.test_client().get(f"/oai?{LIST}", headers={"Accept-Encoding": header})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.data) == registry.get(LIST).response.data


@pytest.mark.parametrize("header", ["", "identity", "gzip;q=0", "br"])
def test_rule_20_gzip_not_asked_for_then_plain(registry: Registry, header: str) -> None:
    response = registry.app.test_client().get(f"/oai?{LIST}", headers={"Accept-Encoding": header})
    assert "Content-Encoding" not in response.headers
    registry.checked(response)
    assert registry.ask(verb="Identify").texts("compression") == ["gzip"]


def test_rule_23_style_sheet_for_browsers_then_it_stands_before_the_root_and_is_served(registry: Registry) -> None:
    body = registry.get("").response.data
    assert body.splitlines()[1].startswith(b'<?xml-stylesheet type="text/css" href="/oai/style.css"?>')
    response = registry.app.test_client().get("/oai/style.css")
    assert response.mimetype == "text/css"
    assert "error::before { content: attr(code)" in response.text


_WORDS = st.one_of(
    st.sampled_from(
        [
            "verb",
            "Identify",
            "GetRecord",
            "ListRecords",
            "ListIdentifiers",
            "ListSets",
            "ListMetadataFormats",
            "metadataPrefix",
            "oai_dc",
            "identifier",
            identifier_of(1),
            "from",
            "until",
            "set",
            "resumptionToken",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "task",
            "task:classification",
            "%00",
            "%ED%A0%80",
            "%",
            "%C3%A9",
            "+",
            "&",
            "=",
            ";",
            "#",
            '"',
            "<",
            "oai:a:b",
            "a:b",
            "::",
        ]
    ),
    st.text(max_size=8),
)
_PAIRS = st.lists(st.tuples(_WORDS, _WORDS).map("=".join), max_size=6).map("&".join)
_QUERIES = st.one_of(
    _PAIRS,
    st.lists(_WORDS, max_size=8).map("".join),
    st.tuples(
        st.sampled_from(["GetRecord", "ListRecords", "ListIdentifiers", "ListMetadataFormats", "ListSets"]), _PAIRS
    ).map(lambda parts: f"verb={parts[0]}&metadataPrefix=oai_dc&{parts[1]}"),
    st.tuples(
        st.sampled_from(["identifier", "set", "from", "until", "resumptionToken", "metadataPrefix"]),
        st.text(max_size=12),
    ).map(lambda parts: f"verb=ListRecords&{parts[0]}={parts[1]}"),
    st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=12).map(
        lambda text: f"verb=GetRecord&metadataPrefix=oai_dc&identifier={text}"
    ),
)


@given(_QUERIES)
def test_any_query_then_valid_and_never_an_http_error(registry: Registry, query: str) -> None:
    raw = query.encode("utf-8", "surrogatepass").decode("latin-1")
    registry.checked(registry.app.test_client().get("/oai", environ_overrides={"QUERY_STRING": raw}))


@given(st.binary(max_size=60) | _QUERIES.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_form_then_valid_and_never_an_http_error(registry: Registry, body: bytes) -> None:
    registry.post(body)
