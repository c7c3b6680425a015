"""The canonical form as a face: what outsiders script against; of a withdrawn module only what remains.

Border: the form itself is that of `vocab.canonical`.
"""

from __future__ import annotations

from vocab.canonical import canonical_bytes
from vocab.faces.spec import FaceContext
from vocab.module import Module, Status


def render(module: Module, context: FaceContext) -> bytes:  # noqa: ARG001 - every face is called alike
    """The module as one line of JSON without the newline."""
    return canonical_bytes(_tombstone(module) if module.status is Status.WITHDRAWN else module)


def _tombstone(module: Module) -> Module:
    """What stays of a withdrawn module: its names, why it went, what came after it."""
    return Module(
        slug=module.slug,
        title=module.title,
        uri=module.uri,
        status=module.status,
        type=module.type,
        identifiers=module.identifiers,
        relations=module.relations,
        aliases=module.aliases,
        sources=module.sources,
        withdrawn_reason=module.withdrawn_reason,
        datestamp=module.datestamp,
        sequence=module.sequence,
    )
