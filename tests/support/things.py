"""Images and deposits for tests, as their sources hand them to the registry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from harvester.events import Entry, Fetched, Unchanged
from tests.support.store import a_document
from vocab.record import Listing

DIGEST = "sha256:" + "1" * 64


def an_image(
    name: str, description: str = "", *, tags: dict[str, str] | None = None, named_by: Sequence[str] = (),
    repository: str | None = None, revision: str = "i1",
) -> Fetched:
    """An image of Docker Hub (`owner/name`) as it was read; `tags` are tag → digest."""
    url = f"https://hub.docker.com/r/{name}"
    page: dict[str, Any] = {"name": name.partition("/")[2], "description": description, "full_description": ""}
    rows = [
        {
            "name": tag, "digest": digest, "tag_last_pushed": "2024-05-06T07:08:09Z",
            "images": [{"os": "linux", "architecture": "amd64", "digest": digest, "size": 1_500_000_000}],
        }
        for tag, digest in (tags or {"latest": DIGEST}).items()
    ]
    bodies = {
        "api:dockerhub-repository": page | ({"source": f"https://{repository}"} if repository else {}),
        "api:dockerhub-tags": {"count": len(rows), "results": rows},
    }
    return _fetched(f"image:docker.io/{name}", url, bodies, named_by, revision)


def a_deposit(
    number: int, title: str, *, type: str = "software", concept: int | None = None, named_by: Sequence[str] = (),
    roles: Sequence[str] = (), repository: str | None = None, licence: str | None = None, description: str = "",
    version: str | None = None, revision: str = "z1",
) -> Fetched:
    """A record of Zenodo as it was read, listed by its concept."""
    concept = concept or number - 1
    metadata: dict[str, Any] = {
        "title": title, "publication_date": "2024-03-05", "description": description,
        "creators": [{"name": "Lovelace, Ada"}], "resource_type": {"type": type},
    }
    metadata |= {"license": {"id": licence}} if licence else {}
    metadata |= {"version": version} if version else {}
    if repository:
        related = {"identifier": f"https://{repository}/tree/v1", "relation": "isSupplementTo"}
        metadata["related_identifiers"] = [related]
    form = {
        "id": number, "conceptrecid": str(concept), "doi": f"10.5281/zenodo.{number}",
        "conceptdoi": f"10.5281/zenodo.{concept}", "metadata": metadata,
    }
    url = f"https://doi.org/10.5281/zenodo.{concept}"
    key = f"doi:10.5281/zenodo.{concept}"
    return _fetched(key, url, {"api:zenodo-record": form}, named_by, revision, roles)


def an_item(key: str, title: str, page: str) -> Fetched:
    """An item of an OAI-PMH repository in Dublin Core, with the address where it can be read."""
    body = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:type>Software</dc:type><dc:identifier>{page}</dc:identifier></oai_dc:dc>"
    )
    entry = Entry(key, page, Listing(page))
    return Fetched(entry, key, page, "o1", (a_document("oai:oai_dc", body.encode(), None),), "print-o1")


def as_it_was(event: Fetched) -> Unchanged:
    """The same entry at the next run."""
    return Unchanged(event.entry, event.key, {})


def _fetched(
    key: str, url: str, bodies: dict[str, Any], named_by: Sequence[str], revision: str, roles: Sequence[str] = ()
) -> Fetched:
    listing = Listing(url, named_by=tuple(named_by), roles=tuple(roles))
    documents = tuple(a_document(path, orjson.dumps(body), None) for path, body in bodies.items())
    return Fetched(Entry(key, url, listing), key, url, revision, documents, f"print-{revision}")
