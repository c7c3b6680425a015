"""DCAT-AP 3.0.1: the module as the one `dcat:Dataset` of a graph, with its record, distributions and agents.

Only one dataset stands in a document, because assessment tools take the first they meet. Every class that a shape
asks for is stated, for validators do not infer. DCAT-AP 3.0.1; the distributions are in `dcat_distributions`.
"""

from __future__ import annotations

from vocab.faces import facts
from vocab.faces.dcat_distributions import add_distributions, add_licence
from vocab.faces.spec import FaceContext
from vocab.graph import Graph, Iri, Literal, date_literal, iri, text
from vocab.graph.jsonld import load_context, write_jsonld
from vocab.graph.namespaces import term
from vocab.graph.ntriples import write_ntriples
from vocab.graph.rdfxml import write_rdfxml
from vocab.graph.turtle import write_turtle
from vocab.identifiers import doi_url
from vocab.module import Agent, Module, Status
from vocab.plain_text import plain_line

PROFILE = "http://data.europa.eu/r5r/"

_SPECIFICATION = Iri("https://semiceu.github.io/DCAT-AP/releases/3.0.1/")
_EU = "http://publications.europa.eu/resource/authority/"
_ENGLISH = Iri(_EU + "language/ENG")
_PUBLIC = Iri(_EU + "access-right/PUBLIC")
_THEMES = Iri(_EU + "data-theme")
_TECHNOLOGY = Iri(_EU + "data-theme/TECH")
_STATUSES = Iri(_EU + "dataset-status")
_WITHDRAWN = Iri(_EU + "dataset-status/WITHDRAWN")
_SOFTWARE = Iri(facts.COAR_SOFTWARE)
_COAR_TYPES = Iri("http://purl.org/coar/resource_type/scheme")
_TYPE = term("rdf:type")
_CONTEXT = load_context("dcat-ap.jsonld")

# Relation of a module → property; both ends of the others are told by `dct:relation` alone.
_RELATIONS = {
    "successor": "dct:isReplacedBy",
    "predecessor": "dct:replaces",
    "base_model": "prov:wasDerivedFrom",
    "derived_from": "prov:wasDerivedFrom",
    "part_of": "dct:isPartOf",
}


def turtle(module: Module, context: FaceContext) -> bytes:
    """The module as Turtle."""
    return write_turtle(graph(module, context))


def jsonld(module: Module, context: FaceContext) -> bytes:
    """The module as JSON-LD."""
    return write_jsonld(graph(module, context), _CONTEXT)


def rdfxml(module: Module, context: FaceContext) -> bytes:
    """The module as RDF/XML."""
    return write_rdfxml(graph(module, context))


def ntriples(module: Module, context: FaceContext) -> bytes:
    """The module as N-Triples."""
    return write_ntriples(graph(module, context))


def documents(module: Module, context: FaceContext) -> dict[str, bytes]:
    """All four by extension, of one graph."""
    built = graph(module, context)
    return {
        "ttl": write_turtle(built), "jsonld": write_jsonld(built, _CONTEXT), "rdf": write_rdfxml(built),
        "nt": write_ntriples(built),
    }


def graph(module: Module, context: FaceContext) -> Graph:
    """The graph that all four serialisations write."""
    built = Graph()
    node = _iri(facts.uri_of(module, context))
    if module.status is Status.WITHDRAWN:
        _add_tombstone(built, node, module, context)
    else:
        _add_description(built, node, module)
        _add_identifiers(built, node, module)
        _add_concepts(built, node, module, context)
        _add_agents(built, node, module, context)
        _add_rights_and_pages(built, node, module, context)
        _add_relations(built, node, module, context)
        add_distributions(built, node, module)
        _add_record(built, node, module, context)
    return built


def _iri(address: str) -> Iri:
    """The IRI of an address that we made ourselves."""
    found = iri(address)
    if found is None:
        raise ValueError(f"{address!r} is no public address; set base_url to one such as https://registry.example.org")
    return found


def _hash(node: Iri, fragment: str) -> Iri:
    return Iri(f"{node.value.partition('#')[0]}#{fragment}")


def _add_description(built: Graph, node: Iri, module: Module) -> None:
    built.add(node, _TYPE, term("dcat:Dataset"), term("dcat:Resource"))
    built.add(node, term("dct:title"), text(plain_line(module.title) or module.slug))
    built.add(node, term("dct:description"), text(facts.description_of(module)))
    built.add(node, term("dct:created"), date_literal(facts.day(module.dates.created)))
    built.add(node, term("dct:issued"), date_literal(facts.published_on(module)))
    built.add(node, term("dct:modified"), date_literal(facts.changed_on(module)))
    built.add(node, term("dcat:version"), text(module.version, language=None))
    built.add(node, term("dct:language"), _ENGLISH)
    built.add(_ENGLISH, _TYPE, term("dct:LinguisticSystem"))


def _add_identifiers(built: Graph, node: Iri, module: Module) -> None:
    doi = facts.main_doi(module)
    built.add(node, term("dct:identifier"), text(doi_url(doi) if doi else node.value, language=None))
    for found in facts.addresses(facts.identifier_url(each) for each in module.identifiers if each.role != "paper"):
        other = _hash(node, f"identifier-{facts.short_hash(found)}")
        built.add(node, term("adms:identifier"), other)
        built.add(other, _TYPE, term("adms:Identifier"))
        built.add(other, term("skos:notation"), Literal(found, datatype=term("xsd:anyURI").value))
    for concept in facts.addresses(doi_url(doi) for doi in facts.concept_dois(module)):
        built.add(node, term("dct:isVersionOf"), Iri(concept))


def _add_concepts(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    built.add(node, term("dcat:keyword"), *(text(word) for word in facts.subjects(module, context)))
    built.add(node, term("dcat:theme"), _TECHNOLOGY)
    built.add(node, term("dct:type"), _SOFTWARE)
    _add_concept(built, _TECHNOLOGY, "Science and technology", _THEMES, "Data theme")
    _add_concept(built, _SOFTWARE, "software", _COAR_TYPES, "COAR resource types")
    for name in ("tasks", "categories"):
        for concept in facts.concepts(module, name, context):
            address = _iri(concept.address)
            scheme = _iri(f"{facts.root(context)}/vocab/{concept.scheme}")
            built.add(node, term("dct:type"), address)
            _add_concept(built, address, concept.label, scheme, concept.scheme.capitalize())


def _add_concept(built: Graph, concept: Iri, label: str, scheme: Iri, title: str) -> None:
    built.add(concept, _TYPE, term("skos:Concept"))
    built.add(concept, term("skos:prefLabel"), text(label))
    built.add(concept, term("skos:inScheme"), scheme)
    built.add(scheme, _TYPE, term("skos:ConceptScheme"))
    built.add(scheme, term("dct:title"), text(title))


def _add_agents(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    for agent in facts.creators(module, context):
        built.add(node, term("dct:creator"), _add_agent(built, node, agent))
    _add_publisher(built, node, context)
    contact = _hash(node, "contact")
    person = next((each for each in module.contacts if each.email or each.url), None)
    address = facts.addresses([
        f"mailto:{person.email}" if person and person.email else None,
        person.url if person else None,
        facts.link(module, "issues"),
        facts.link(module, "source_code"),
        facts.page_of(module, context),
    ])[0]
    built.add(node, term("dcat:contactPoint"), contact)
    built.add(contact, _TYPE, term("vcard:Kind"))
    built.add(contact, term("vcard:fn"), text(person.name if person else module.title, None) or text(module.slug, None))
    built.add(contact, term("vcard:hasEmail" if address.startswith("mailto:") else "vcard:hasURL"), Iri(address))


def _add_agent(built: Graph, node: Iri, agent: Agent) -> Iri:
    ror = agent.ror if not agent.ror or "://" in agent.ror else f"https://ror.org/{agent.ror}"
    known = iri(f"https://orcid.org/{agent.orcid}" if agent.orcid else ror)
    found = known or _hash(node, f"agent-{facts.short_hash(agent.name)}")
    kind = "foaf:Person" if agent.kind == "person" else "foaf:Organization"
    built.add(found, _TYPE, term("foaf:Agent"), term(kind))
    built.add(found, term("foaf:name"), text(agent.name, None) or text("unnamed", None))
    return found


def _add_publisher(built: Graph, node: Iri, context: FaceContext) -> None:
    publisher = _iri(f"{facts.root(context)}/#publisher")
    home = _iri(f"{facts.root(context)}/")
    built.add(node, term("dct:publisher"), publisher)
    built.add(publisher, _TYPE, term("foaf:Agent"), term("foaf:Organization"))
    built.add(publisher, term("foaf:name"), text(context.publisher, None) or text(context.repository_id, None))
    built.add(publisher, term("foaf:homepage"), home)
    built.add(home, _TYPE, term("foaf:Document"))


def _add_rights_and_pages(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    built.add(node, term("dct:accessRights"), _PUBLIC)
    built.add(_PUBLIC, _TYPE, term("dct:RightsStatement"))
    built.add(node, term("dct:license"), add_licence(built, facts.licence_of(module)))
    page = _iri(facts.page_of(module, context))
    built.add(node, term("dcat:landingPage"), page)
    built.add(page, _TYPE, term("foaf:Document"))
    about = (each.url for each in module.links if each.rel in {"documentation", "readme", "homepage", "demo"})
    for address in facts.addresses(about):
        built.add(node, term("foaf:page"), Iri(address))
        built.add(Iri(address), _TYPE, term("foaf:Document"))


def _add_relations(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    for address in facts.addresses(facts.resource_url(each) for each in module.training_data):
        built.add(node, term("dct:relation"), Iri(address))
        built.add(node, term("prov:wasDerivedFrom"), Iri(address))
    for address in facts.addresses(facts.resource_url(each) for each in module.publications):
        built.add(node, term("dct:isReferencedBy"), Iri(address))
    for relation in module.relations:
        other = iri(facts.relation_url(relation, context))
        built.add(node, term("dct:relation"), other)
        if relation.type in _RELATIONS:
            built.add(node, term(_RELATIONS[relation.type]), other)
        title = relation.title or context.titles_of.get(relation.target)
        if other and other != node:
            built.add(other, _TYPE, term("rdfs:Resource"))
            built.add(other, term("dct:title"), text(title))


def _add_record(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    """Who told us: the registry's record of the module, derived from its source records."""
    stamp = _stamp(module)
    if stamp is None:
        return
    record = _iri(f"{facts.root(context)}/id/record/{module.slug}")
    built.add(record, _TYPE, term("dcat:CatalogRecord"))
    built.add(record, term("dct:title"), text(f"Record of {plain_line(module.title) or module.slug}"))
    built.add(record, term("foaf:primaryTopic"), node)
    built.add(record, term("dct:modified"), stamp)
    built.add(record, term("dct:conformsTo"), _SPECIFICATION)
    built.add(_SPECIFICATION, _TYPE, term("dct:Standard"))
    for source in module.sources:
        origin = iri(source.url)
        built.add(record, term("prov:wasDerivedFrom"), origin)
        if origin:
            built.add(origin, _TYPE, term("prov:Entity"))


def _stamp(module: Module) -> Literal | None:
    return date_literal(module.datestamp) or date_literal(facts.changed_on(module) or facts.published_on(module))


def _add_tombstone(built: Graph, node: Iri, module: Module, context: FaceContext) -> None:
    """No `dcat:Dataset` any more, and so no record of one: who looks for data sets must not find it."""
    built.add(node, _TYPE, term("dcat:Resource"))
    built.add(node, term("dct:title"), text(plain_line(module.title) or module.slug))
    built.add(node, term("dct:description"), text(f"Withdrawn. {module.withdrawn_reason or ''}"))
    _add_identifiers(built, node, module)
    built.add(node, term("dct:modified"), _stamp(module))
    built.add(node, term("adms:status"), _WITHDRAWN)
    _add_concept(built, _WITHDRAWN, "withdrawn", _STATUSES, "Dataset status")
    for relation in module.relations:
        if relation.type == "successor":
            built.add(node, term("dct:isReplacedBy"), iri(facts.relation_url(relation, context)))
