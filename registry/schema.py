"""All tables of the registry together: the one metadata that migrations are compared with."""

from __future__ import annotations

import registry.oai_tables
import registry.work_tables
from registry.tables import metadata

__all__ = ["metadata"]

# Importing them is what puts their tables on the metadata.
assert registry.oai_tables.__name__
assert registry.work_tables.__name__
