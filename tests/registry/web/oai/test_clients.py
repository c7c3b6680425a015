"""Two public OAI-PMH clients read the endpoint whole, over real HTTP on the loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from oaipmh_scythe import Scythe
from oaipmh_scythe.models import Record, Set
from sickle import Sickle
from sickle.oaiexceptions import IdDoesNotExist, NoRecordsMatch
from werkzeug.serving import make_server

from tests.support.oai import Registry, identifier_of, numbered, stamp_at


@pytest.fixture
def endpoint(changing: Registry) -> Iterator[str]:
    """The address of a served registry with 35 modules, the last one withdrawn."""
    changing.withdraw(numbered(34), stamp_at(4000))
    server = make_server("127.0.0.1", 0, changing.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/oai"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sickle_reading_all_then_every_record_and_the_deletion(endpoint: str, method: str) -> None:
    client = Sickle(endpoint, http_method=method)
    records = list(client.ListRecords(metadataPrefix="oai_dc"))
    assert [each.header.identifier for each in records] == [identifier_of(number) for number in range(35)]
    assert [each.header.identifier for each in records if each.deleted] == [identifier_of(34)]
    assert records[0].metadata["title"] == ["Module 0 <&>"]
    assert len(list(client.ListIdentifiers(metadataPrefix="oai_dc", set="source:ai4os-hub"))) == 18
    assert len(list(client.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == 34


def test_sickle_asking_the_other_verbs_then_answers_and_its_own_exceptions(endpoint: str) -> None:
    client = Sickle(endpoint)
    assert client.Identify().deletedRecord == "persistent"
    assert [each.metadataPrefix for each in client.ListMetadataFormats()] == ["oai_dc"]
    assert "source:ai4os-hub" in [each.setSpec for each in client.ListSets()]
    found = client.GetRecord(metadataPrefix="oai_dc", identifier=identifier_of(3))
    assert found.metadata["publisher"] == ["Example Institute"]
    with pytest.raises(NoRecordsMatch):
        client.ListRecords(metadataPrefix="oai_dc", **{"from": "2999-01-01"})
    with pytest.raises(IdDoesNotExist):
        client.GetRecord(metadataPrefix="oai_dc", identifier="oai:x.org:none")


def test_scythe_reading_all_then_every_record(endpoint: str) -> None:
    with Scythe(endpoint) as client:
        assert client.identify().repositoryName == "Module Registry"
        records = client.list_records(metadata_prefix="oai_dc")
        found = [each.header.identifier for each in records if isinstance(each, Record)]
        assert found == [identifier_of(number) for number in range(35)]
        of_a_task = client.list_identifiers(metadata_prefix="oai_dc", set_="task:classification")
        assert len(list(of_a_task)) == 12
        assert "type:module" in [each.setSpec for each in client.list_sets() if isinstance(each, Set)]
