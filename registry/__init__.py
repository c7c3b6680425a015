"""How modules are kept and published: database, index, web, scheduler, command line."""

from __future__ import annotations

from importlib.metadata import version

__version__ = version("module-registry")
