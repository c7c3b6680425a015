"""Identify: who we are, in the order that the schema asks for. OAI-PMH 2.0 §4.2; oai-identifier guidelines."""

from __future__ import annotations

from registry.oai_records import oai_identifier
from registry.settings import Settings
from vocab.plain_text import xml_text

_IDENTIFIER_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_SAMPLE_SLUG = "image-classifier"


def identify(settings: Settings, base_url: str, earliest: str) -> bytes:
    """The content of the Identify element; `earliest` is a lower bound of all datestamps."""
    elements = (
        ("repositoryName", settings.repository_name),
        ("baseURL", base_url),
        ("protocolVersion", "2.0"),
        ("adminEmail", settings.admin_email),
        ("earliestDatestamp", earliest),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ("compression", "gzip"),
    )
    written = "".join(f"<{name}>{xml_text(value)}</{name}>" for name, value in elements)
    return f"{written}<description>{_oai_identifier(settings.repository_id)}</description>".encode()


def _oai_identifier(repository_id: str) -> str:
    """The namespace stands on the element itself, where the validator of openarchives.org looks for it."""
    return (
        f'<oai-identifier xmlns="{_IDENTIFIER_SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{_IDENTIFIER_SCHEMA} {_IDENTIFIER_SCHEMA}.xsd">'
        f"<scheme>oai</scheme><repositoryIdentifier>{xml_text(repository_id)}</repositoryIdentifier>"
        f"<delimiter>:</delimiter><sampleIdentifier>{xml_text(oai_identifier(repository_id, _SAMPLE_SLUG))}"
        "</sampleIdentifier></oai-identifier>"
    )
