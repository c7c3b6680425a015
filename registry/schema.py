"""All tables of the registry together: the one metadata that migrations are compared with."""

from __future__ import annotations

import registry.oai_tables
from registry.tables import metadata

__all__ = ["metadata"]

# Importing it is what puts its tables on the metadata.
assert registry.oai_tables.__name__
