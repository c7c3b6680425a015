"""The published representations of a module: one file each, and `FACES`, the one table of them.

A new format is a file with a render function and a row here; what lists formats (OAI-PMH, content negotiation, the
export) reads the table. A face knows a module and its context, nothing of who asks.
"""

from __future__ import annotations

from vocab.faces import canonical_json, dcat_ap, oai_dc, schema_org
from vocab.faces.spec import FaceContext, FaceSpec, OaiFormat, Serialisation

__all__ = ["FACES", "FaceContext", "FaceSpec", "OaiFormat", "Serialisation"]

_ROWS = (
    FaceSpec(
        name="oai_dc",
        title="Dublin Core",
        profile=oai_dc.OAI.namespace,
        serialisations=(Serialisation("application/xml", "dc.xml", oai_dc.render),),
        oai=oai_dc.OAI,
    ),
    FaceSpec(
        name="dcat-ap",
        title="DCAT-AP 3.0.1",
        profile=dcat_ap.PROFILE,
        serialisations=(
            Serialisation("text/turtle", "ttl", dcat_ap.turtle),
            Serialisation("application/ld+json", "jsonld", dcat_ap.jsonld),
            Serialisation("application/rdf+xml", "rdf", dcat_ap.rdfxml),
            Serialisation("application/n-triples", "nt", dcat_ap.ntriples),
        ),
        render_all=dcat_ap.documents,
    ),
    FaceSpec(
        name="schema.org",
        title="schema.org",
        profile="https://schema.org/",
        serialisations=(Serialisation("application/ld+json", "schema.jsonld", schema_org.render),),
    ),
    FaceSpec(
        name="json",
        title="Canonical JSON",
        profile="https://www.rfc-editor.org/info/rfc8259",
        serialisations=(Serialisation("application/json", "json", canonical_json.render),),
    ),
)

FACES: dict[str, FaceSpec] = {row.name: row for row in _ROWS}
