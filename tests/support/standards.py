"""The official XML schemas, compiled without a network: addresses in them are rewritten to the copies beside."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from lxml import etree

_CATALOGUED = re.compile(r'<(?:uri|system)\s+(?:name|systemId)="([^"]+)"\s+uri="([^"]+)"')


def compile_oai_schema(standards: Path, folder: Path) -> etree.XMLSchema:
    """The schema of whole OAI-PMH answers, payloads included; `folder` is for the rewritten copies."""
    home = folder / "oai"
    shutil.copytree(standards / "oai", home)
    local = {name: home / path for name, path in _CATALOGUED.findall((home / "catalog.xml").read_text())}
    for file in home.rglob("*.xsd"):
        text = file.read_text(encoding="utf-8")
        file.write_text(
            re.sub(r'(schemaLocation\s*=\s*")(http[^"]+)"', lambda found: _relocated(found, local), text),
            encoding="utf-8",
        )
    return etree.XMLSchema(etree.parse(home / "oai-all.xsd"))


def _relocated(found: re.Match[str], local: dict[str, Path]) -> str:
    return f'{found[1]}{local[found[2]].as_uri() if found[2] in local else found[2]}"'


def check(schema: etree.XMLSchema, document: etree._ElementTree | etree._Element) -> None:
    """Fail with the schema's own words."""
    assert schema.validate(document), str(schema.error_log)
