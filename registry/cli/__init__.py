"""The command `modreg`: everything an administrator can do in the browser can be done here.

One file a group of commands; each prints for people, or JSON with `--json`, and ends with 0 done, 1 failed, 2 wrong
use, 3 done but something is held, partial or has findings of severity error.
"""

from __future__ import annotations

from registry.cli.main import main, modreg

__all__ = ["main", "modreg"]
