"""The servers beside the forge answer over HTTP as those they stand for, and lead on to the stand-in, not away."""

from __future__ import annotations

import hashlib
from typing import Any

import requests

from tests.standin.server import StandIn

IMAGE = "samplehub/thermal-drone-anomaly"
SEARCH = "all_versions=true&sort=updated-desc&size=25&page=1"


def got(standin: StandIn, key: str, path: str, **headers: str) -> requests.Response:
    return requests.get(standin.endpoints[key] + path, headers=headers, timeout=5, allow_redirects=False)


def test_endpoints_name_every_server_that_is_played(standin: StandIn) -> None:
    keys = {"github", "raw", "dockerhub", "oci", "zenodo", "datacite", "doi"}
    assert set(standin.endpoints) == keys
    assert {address.startswith(standin.address + "/") for address in standin.endpoints.values()} == {True}


def test_pages_of_docker_hub_lead_on_to_the_stand_in(standin: StandIn) -> None:
    page = got(standin, "dockerhub", "/v2/repositories/samplehub/?page_size=10").json()
    seen = [row["name"] for row in page["results"]]
    while page["next"]:
        assert page["next"].startswith(f"{standin.address}/dockerhub/v2/")
        page = requests.get(page["next"], timeout=5).json()
        seen += [row["name"] for row in page["results"]]
    assert len(seen) == len(set(seen)) == page["count"] == 22


def test_tags_of_docker_hub_have_platforms_aliases_and_what_a_builder_keeps_beside_them(standin: StandIn) -> None:
    owner, name = IMAGE.split("/")
    rows = got(standin, "dockerhub", f"/v2/namespaces/{owner}/repositories/{name}/tags?page_size=100").json()["results"]
    tags: dict[str, dict[str, Any]] = {row["name"]: row for row in rows}
    assert [each["architecture"] for each in tags["latest"]["images"]] == ["amd64", "arm64", "unknown"]
    assert tags["latest"]["digest"] == tags["1.3.0"]["digest"] != tags["1.2.0"]["digest"]
    assert "digest" not in tags["1.0.0"]


def test_registry_gives_a_token_and_the_bytes_of_every_digest(standin: StandIn) -> None:
    asked = got(standin, "oci", f"/v2/{IMAGE}/manifests/latest")
    challenge = asked.headers["WWW-Authenticate"]
    assert asked.status_code == 401
    assert f'realm="{standin.address}/oci-tokens/token"' in challenge
    scope = f"repository:{IMAGE}:pull"
    token = requests.get(f"{standin.address}/oci-tokens/token", {"scope": scope}, timeout=5).json()["token"]
    shown = {"Authorization": f"Bearer {token}"}

    index = got(standin, "oci", f"/v2/{IMAGE}/manifests/latest", **shown)
    assert index.headers["Docker-Content-Digest"] == f"sha256:{hashlib.sha256(index.content).hexdigest()}"
    manifest = got(standin, "oci", f"/v2/{IMAGE}/manifests/{index.json()['manifests'][0]['digest']}", **shown).json()
    stored = got(standin, "oci", f"/v2/{IMAGE}/blobs/{manifest['config']['digest']}", **shown)
    assert stored.headers["Location"].startswith(f"{standin.address}/oci-storage/sha256:")
    config = requests.get(stored.headers["Location"], headers=shown, timeout=5).json()
    assert config["config"]["Labels"]["org.opencontainers.image.version"] == "1.3.0"


def test_zenodo_finds_a_deposit_by_its_repository_and_leads_from_a_concept_to_its_latest(standin: StandIn) -> None:
    query = "related.identifier:(https???github.com?sample-hub?retina-grading*)"
    hits = got(standin, "zenodo", f"/api/records?q={query}&{SEARCH}").json()["hits"]
    assert [hit["id"] for hit in hits["hits"]] == ["999900702", "999900701"]
    concept = got(standin, "zenodo", "/api/records/999900700")
    assert (concept.status_code, concept.headers["Location"]) == (
        302, f"{standin.address}/zenodo/api/records/999900702",
    )
    assert got(standin, "zenodo", "/api/records/999900201").status_code == 410


def test_resolver_tells_agencies_and_leads_an_article_to_its_citation(standin: StandIn) -> None:
    paper, data, nothing = (f"10.89999/sample.{name}" for name in ("heat-leaks", "fundus-grades", "touching-plankton"))
    assert got(standin, "doi", f"/ra/{paper},{data},{nothing}").json() == [
        {"DOI": paper, "RA": "Crossref"}, {"DOI": data, "RA": "DataCite"},
        {"DOI": nothing, "status": "DOI does not exist"},
    ]
    moved = got(standin, "doi", f"/{paper}")
    assert moved.headers["Location"] == f"{standin.address}/agency/{paper}"
    cited = requests.get(moved.headers["Location"], headers={"Accept": "application/vnd.citationstyles.csl+json"},
                         timeout=5).json()
    assert (cited["title"], cited["container-title"]) == (
        "Heat leaks of a city in one night", "Journal of Invented Results",
    )
    found = got(standin, "datacite", f"/dois/{data}").json()["data"]["attributes"]
    assert found["titles"] == [{"title": "Graded photographs of the fundus"}]


def test_question_that_no_source_asks_is_told_so_and_what_is_not_played_is_not_there(standin: StandIn) -> None:
    odd = got(standin, "zenodo", "/api/records?q=reef")
    assert (odd.status_code, odd.json()) == (400, {"message": "The stand-in does not know this question."})
    assert requests.get(f"{standin.address}/quay/v2/", timeout=5).status_code == 404


def test_faults_and_the_log_are_the_same_for_all_servers_and_none_spends_the_forges_quota(standin: StandIn) -> None:
    standin.fault("/dockerhub/", "status:503", times=1)
    owner = "/v2/repositories/sampletools/?page_size=10"
    assert [got(standin, "dockerhub", owner).status_code for _ in range(2)] == [503, 200]
    assert [(row.target, row.status) for row in standin.requests] == [
        (f"/dockerhub{owner}", 503), (f"/dockerhub{owner}", 200),
    ]
    assert standin.quota_used() == 0
