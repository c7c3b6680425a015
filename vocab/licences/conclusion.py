"""Which licence holds when the metadata says one thing and the licence file another.

The file is what the author gave with the work, the metadata is a form that was copied: where they contradict, the file
wins. Border: findings about a contradiction are made in `vocab.checks`.
"""

from __future__ import annotations

import re

from vocab.identifiers import is_placeholder
from vocab.licences.names import keys_of
from vocab.module import LicenceValue

_SUFFIX = re.compile(r"-(?:only|or-later)\b")


def compatible(a: LicenceValue | None, b: LicenceValue | None) -> bool:
    """Whether two values can both be true: the same licence, `-only` beside `-or-later`, or one that the other offers.

    A value without SPDX expression contradicts nothing.
    """
    if a is None or b is None or a.spdx is None or b.spdx is None:
        return True
    left, right = _stems(a.spdx), _stems(b.spdx)
    return left == right or (_is_choice(a.spdx) and right <= left) or (_is_choice(b.spdx) and left <= right)


def conclude(declared: LicenceValue | None, detected: LicenceValue | None) -> tuple[LicenceValue | None, str]:
    """The licence that holds, and by which rule."""
    said = None if declared is None or _says_nothing(declared) else declared
    if detected is None or detected.spdx is None:
        if said is None:
            return None, "neither the metadata nor a licence file says a licence"
        if said.spdx is None:
            return said, "the metadata says it, in words that are no SPDX licence; there is no licence file"
        return said, "the metadata says it; there is no licence file"
    if said is None:
        return detected, "the licence file says it; the metadata says none"
    if said.spdx is None:
        return detected, f"the licence file says it; “{said.raw}” in the metadata is no SPDX licence"
    if said.spdx == detected.spdx:
        return said, "the metadata and the licence file agree"
    if compatible(said, detected):
        return said, f"the metadata says it more exactly than the licence file can ({detected.spdx})"
    return detected, f"the licence file says it, and it holds against {said.spdx} in the metadata"


def _says_nothing(value: LicenceValue) -> bool:
    return value.spdx is None and (value.raw is None or is_placeholder(value.raw))


def _stems(spdx: str) -> frozenset[str]:
    return frozenset(_SUFFIX.sub("", key) for key in keys_of(spdx))


def _is_choice(spdx: str) -> bool:
    return " OR " in spdx and " AND " not in spdx
