"""Slugs: the short names of modules in addresses. Lower case ASCII letters and digits, single hyphens between them."""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_LENGTH = 80
# Letters that have no decomposition into an ASCII letter and a mark.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "\u0131": "i"}
)


def slug_of(name: str) -> str:
    """The slug for a name. Never empty: a name without any Latin letter or digit gets one made of its hash."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    ascii_only = "".join(char for char in folded if not unicodedata.combining(char))
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if len(slug) > MAX_LENGTH:
        slug = slug[:MAX_LENGTH].rsplit("-", 1)[0] if "-" in slug[:MAX_LENGTH] else slug[:MAX_LENGTH]
    return slug.strip("-") or f"x-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"
