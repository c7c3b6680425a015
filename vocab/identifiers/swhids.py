"""Software Heritage identifiers: the core identifier, without qualifiers. Border: the archive is not asked."""

from __future__ import annotations

import re

_SWHID = re.compile(r"\b(swh:1:(?:cnt|dir|rev|rel|snp):[0-9a-f]{40})(?![0-9a-f])", re.IGNORECASE)


def swhid(text: object) -> str | None:
    """The core SWHID (`swh:1:rev:…`) that a text is or an archive address holds, or None."""
    match = _SWHID.search(text) if isinstance(text, str) and len(text) < 4000 else None
    return match.group(1).lower() if match else None
