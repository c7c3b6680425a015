"""The faces of a module and its rows for OAI-PMH: written when what they show has moved, never on request."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from registry.oai_records import delete_oai, write_oai
from registry.provenance import is_harvested, origins_of
from registry.publishing import Published
from registry.tables import face
from registry.work import Work
from vocab.faces import FACES
from vocab.module import Module, Status


def render(work: Work, published: Published, *, again: bool = False) -> None:
    """Write the faces and the OAI-PMH rows of a module that moved; with `again` of any, where they differ."""
    if not published.public:
        return
    if published.absorbed:
        work.connection.execute(face.delete().where(face.c.module_id == published.module_id))
        bodies: dict[str, bytes] = {}
        moved = published.content_moved
    elif published.form_moved or again or is_harvested(published.module):
        bodies = faces_of(work, published.module)
        moved = _keep_faces(work, published, bodies, again=again) or published.content_moved
    else:
        return
    # What a repository says of the way of a record is no part of the module: it moves by itself.
    if moved or again or is_harvested(published.module):
        _write_oai(work, published, bodies)


def faces_of(work: Work, made: Module) -> dict[str, bytes]:
    """Every face of a module in every serialisation, by extension."""
    context = work.face_context(each.target for each in made.relations)
    return {name: body for spec in FACES.values() for name, body in spec.documents(made, context).items()}


def etag_of(body: bytes) -> str:
    """The entity tag of a document, without quotes."""
    return hashlib.sha256(body).hexdigest()[:32]


def _keep_faces(work: Work, published: Published, bodies: dict[str, bytes], *, again: bool) -> bool:
    """Keep the faces of a module; returns whether one that OAI-PMH sends is another now."""
    here = face.c.module_id == published.module_id
    columns = (face.c.extension, face.c.etag, face.c.last_modified, *((face.c.body,) if again else ()))
    kept = {
        row.extension: (etag_of(row.body) if again else row.etag, row.last_modified)
        for row in work.connection.execute(select(*columns).where(here))
    }
    stamp = published.module.datestamp
    wanted = {
        each.extension: {
            "module_id": published.module_id, "extension": each.extension, "name": name, "media_type": each.media_type,
            "body": bodies[each.extension], "etag": etag_of(bodies[each.extension]), "last_modified": stamp,
        }
        for name, spec in FACES.items()
        for each in spec.serialisations
    }
    news = [form for extension, form in wanted.items() if kept.get(extension) != (form["etag"], stamp)]
    gone = sorted(kept.keys() & {form["extension"] for form in news} | kept.keys() - wanted.keys())
    if gone:
        work.connection.execute(face.delete().where(here, face.c.extension.in_(gone)))
    if news:
        work.connection.execute(face.insert(), news)
    work.written["face"] += len(news)
    return any(FACES[str(form["name"])].oai is not None for form in news)


def _write_oai(work: Work, published: Published, bodies: dict[str, bytes]) -> None:
    connection, made, sets = work.connection, published.module, published.sets
    repository_id = work.settings.repository_id
    assert made.datestamp is not None
    if made.status is Status.WITHDRAWN:
        written = delete_oai(connection, made, made.datestamp, sets, repository_id=repository_id)
    else:
        by_name = {name: bodies[spec.extension] for name, spec in FACES.items() if spec.oai is not None}
        origins = origins_of(connection, made)
        written = write_oai(
            connection, made, by_name, made.datestamp, sets, repository_id=repository_id, origins=origins
        )
    work.written["oai"] += written
