from __future__ import annotations

import json

import pytest

from harvester.endpoints import PUBLIC_KEYS, Endpoints
from harvester.errors import WrongSettings

STANDIN = Endpoints.from_mapping({
    "github": "http://127.0.0.1:8080/github", "graphql": "http://127.0.0.1:8080/github/graphql",
    "oci": "http://127.0.0.1:8080", "zenodo": "http://127.0.0.1:8080/zenodo",
    "zenodo_oai": "http://127.0.0.1:8080/zenodo/oai2d",
})


def test_endpoints_of_an_empty_object_are_the_public_ones() -> None:
    endpoints = Endpoints.from_json("{}")
    assert endpoints.github == "https://api.github.com"
    assert endpoints.doi == "https://doi.org"
    assert not any(endpoints.is_own(key) for key in PUBLIC_KEYS)


def test_endpoints_of_a_file_take_its_addresses_and_leave_foreign_keys_alone() -> None:
    text = json.dumps({"github": "http://127.0.0.1:8080/github/", "control": {"any": "thing"}})
    endpoints = Endpoints.from_json(text)
    assert endpoints.github == "http://127.0.0.1:8080/github"
    assert endpoints.is_own("github")
    assert not endpoints.is_own("zenodo")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "x.json is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1). "
              'Write an object such as {"github": "https://HOST/api/v3"}.'),
        ("[]", 'x.json holds list, not an object. Write an object such as {"github": "https://HOST/api/v3"}.'),
        ('{"github": 7}', "x.json: github is 7, not an address. "
                          "Write an address such as https://HOST/PATH, without user, query or fragment."),
        ('{"raw": "ftp://x"}', "x.json: raw is 'ftp://x', not an address. "
                               "Write an address such as https://HOST/PATH, without user, query or fragment."),
        ('{"doi": "https://a:b@x"}', "x.json: doi is 'https://a:b@x', not an address. "
                                     "Write an address such as https://HOST/PATH, without user, query or fragment."),
        ('{"doi": "https://x:port"}', "x.json: doi is 'https://x:port', not an address. "
                                      "Write an address such as https://HOST/PATH, without user, query or fragment."),
    ],
)
def test_endpoints_of_a_wrong_file_say_in_one_line_what_is_wrong(text: str, expected: str) -> None:
    with pytest.raises(WrongSettings) as caught:
        Endpoints.from_json(text, "x.json")
    assert str(caught.value) == expected


def test_endpoints_with_a_slip_of_a_key_are_refused_and_told_what_was_meant() -> None:
    with pytest.raises(WrongSettings) as caught:
        Endpoints.from_json('{"gitub": "http://127.0.0.1:8080/github"}')
    assert str(caught.value).startswith("the endpoints file: unknown key 'gitub'. Did you mean 'github'?")


def test_endpoints_of_a_mapping_with_an_unknown_key_are_refused() -> None:
    with pytest.raises(WrongSettings) as caught:
        Endpoints.from_mapping({"githup": "https://x"})
    assert str(caught.value).startswith("the endpoints: unknown key 'githup'. Known keys are github, graphql, raw,")


@pytest.mark.parametrize(
    ("url", "lane"),
    [
        ("http://127.0.0.1:8080/github/repos/a/b", "github"),
        ("http://127.0.0.1:8080/github/graphql", "github"),
        ("http://127.0.0.1:8080/githubber", "oci"),
        ("http://127.0.0.1:8080/zenodo/api/records/1", "zenodo"),
        ("http://127.0.0.1:8080/zenodo/oai2d?verb=Identify", "zenodo_oai"),
        ("http://127.0.0.1:8080/v2/", "oci"),
        ("https://api.datacite.org/dois/x", "datacite"),
        ("https://www.Example.org/x", "www.example.org"),
    ],
)
def test_lane_of_an_address_is_the_server_whose_budget_it_spends(url: str, lane: str) -> None:
    assert STANDIN.lane(url) == lane


def test_private_addresses_are_allowed_for_named_hosts_and_their_port_alone() -> None:
    enterprise = Endpoints.from_mapping({"github": "http://git.intranet/api/v3"})
    assert STANDIN.may_be_private("127.0.0.1", 8080)
    assert not STANDIN.may_be_private("127.0.0.1", 9200)
    assert not STANDIN.may_be_private("127.66.66.66", 8080)
    assert not STANDIN.may_be_private("doi.org", 443)
    assert enterprise.may_be_private("GIT.intranet.", 80)
    assert enterprise.may_be_private("git.intranet", 443)
    assert not Endpoints().may_be_private("api.github.com", 443)
