"""The distributions of a module in DCAT-AP: images, source code, weights, each with address, licence and checksum.

An image has no download address, for nothing that a plain GET returns is the image. DCAT-AP 3.0.1 §Distribution.
"""

from __future__ import annotations

import re

from vocab.faces import facts
from vocab.graph import Graph, Iri, Literal, iri, text
from vocab.graph.namespaces import term
from vocab.module import Distribution, LicenceValue, Module

_TYPE = term("rdf:type")
_EU_LICENCES = "http://publications.europa.eu/resource/authority/licence/"
_IANA = "https://www.iana.org/assignments/media-types/"
_OCI_IMAGE = Iri("https://github.com/opencontainers/image-spec")
_SHA256 = term("spdx:checksumAlgorithm_sha256")
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_EU_CODE = re.compile(r"[A-Z0-9_]+")


def add_licence(built: Graph, licence: LicenceValue | None) -> Iri | None:
    """The licence's IRI, described in the graph: of the EU's table where it has one, else of SPDX."""
    if licence is None:
        return None
    spdx = iri(facts.spdx_url(licence))
    eu = iri(f"{_EU_LICENCES}{licence.eu}") if _EU_CODE.fullmatch(licence.eu or "") else None
    chosen = eu or spdx or iri(licence.url)
    if chosen:
        built.add(chosen, _TYPE, term("dct:LicenseDocument"))
        built.add(chosen, term("dct:title"), text(licence.title or licence.spdx))
        built.add(chosen, term("skos:exactMatch"), spdx if spdx != chosen else None)
    return chosen


def add_distributions(built: Graph, node: Iri, module: Module) -> None:
    """All distributions that have an address; where none is known, the repository is one."""
    distributions = module.distributions
    source_code = facts.link(module, "source_code")
    if source_code and not any(each.kind == "source" for each in distributions):
        distributions = (*distributions, Distribution(kind="source", url=source_code))
    licence = add_licence(built, facts.licence_of(module))
    for distribution in distributions:
        _add_distribution(built, node, distribution, licence)


def _add_distribution(built: Graph, node: Iri, distribution: Distribution, licence: Iri | None) -> None:
    address = iri(facts.distribution_url(distribution))
    if address is None:
        return
    key = facts.short_hash(distribution.reference or address.value)
    found = Iri(f"{node.value}/dist/{re.sub('[^a-z0-9]', '', distribution.kind.lower())}-{key}")
    built.add(node, term("dcat:distribution"), found)
    built.add(found, _TYPE, term("dcat:Distribution"))
    built.add(found, term("dct:title"), text(facts.distribution_title(distribution)))
    built.add(found, term("dct:identifier"), text(distribution.reference, language=None))
    built.add(found, term("dcat:accessURL"), address)
    built.add(address, _TYPE, term("rdfs:Resource"))
    if distribution.kind in {"weights", "archive"} and distribution.url:
        built.add(found, term("dcat:downloadURL"), address)
    built.add(found, term("dct:license"), licence)
    _add_file_facts(built, found, distribution)


def _add_file_facts(built: Graph, found: Iri, distribution: Distribution) -> None:
    media_type = facts.media_type_of(distribution)
    kind = iri(_IANA + media_type) if media_type else None
    built.add(found, term("dcat:mediaType"), kind)
    if kind:
        built.add(kind, _TYPE, term("dct:MediaType"))
    if distribution.kind == "image":
        built.add(found, term("dct:conformsTo"), _OCI_IMAGE)
        built.add(_OCI_IMAGE, _TYPE, term("dct:Standard"))
    if distribution.size_bytes is not None and distribution.size_bytes >= 0:
        size = Literal(str(distribution.size_bytes), datatype=term("xsd:nonNegativeInteger").value)
        built.add(found, term("dcat:byteSize"), size)
    digest = _DIGEST.fullmatch(distribution.digest or "")
    if digest:
        checksum = Iri(f"{found.value}#sha256")
        built.add(found, term("spdx:checksum"), checksum)
        built.add(checksum, _TYPE, term("spdx:Checksum"))
        built.add(checksum, term("spdx:algorithm"), _SHA256)
        built.add(checksum, term("spdx:checksumValue"), Literal(digest[1], datatype=term("xsd:hexBinary").value))
        built.add(_SHA256, _TYPE, term("spdx:ChecksumAlgorithm"))
