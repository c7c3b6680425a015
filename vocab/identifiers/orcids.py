"""ORCIDs: sixteen characters with a check character; whether the check holds and whether it is a sample.

Metadata files hold invented ORCIDs. Some fail the check; a few pass it because they come from documentation. Both are
told apart here, so that a reader can keep the author and drop the identifier. Border: nobody is asked who it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Word processors turn hyphens into dashes.
_GAP = r"[-\u2010-\u2015\s]?"
_ORCID = re.compile(
    r"(?:(?:https?:/{1,2})?(?:www\.)?orcid\.org/|orcid(?:\s*id)?\s*[:=]?\s*)?"
    rf"(\d{{4}}){_GAP}(\d{{4}}){_GAP}(\d{{4}}){_GAP}(\d{{3}}[\dxX])/?\Z",
    re.IGNORECASE | re.ASCII,
)

# Carry a right check character and stand in documentation or templates for nobody in particular.
SAMPLES = frozenset({
    "0000-0002-1825-0097",  # Josiah Carberry, the fictitious professor of ORCID's own pages
    "0000-0001-2345-6789",  # counting digits
    "0000-0001-5000-0007",  # first number of the block, in ORCID's description of the structure
    "0000-0000-0000-0001",
})
# The two blocks of numbers that are issued, as integers of the first fifteen digits.
_BLOCKS = ((15_000_000, 35_000_000), (900_000_000_000, 900_100_000_000))


@dataclass(frozen=True, slots=True)
class Orcid:
    """An ORCID in its form with hyphens.

    `valid`: the check character is right; `sample`: it stands for nobody, because it comes from documentation or lies
    outside the blocks that are issued.
    """

    value: str
    valid: bool
    sample: bool

    @property
    def usable(self) -> bool:
        """Whether it can be taken for the ORCID of a real person."""
        return self.valid and not self.sample

    @property
    def url(self) -> str:
        """The ORCID as the URI that stands for the person."""
        return f"https://orcid.org/{self.value}"


def orcid(text: object) -> Orcid | None:
    """The ORCID in a text, with the verdict on it; None when the text has not the shape of one."""
    match = _ORCID.match(text.strip().strip("<>\"'` ")) if isinstance(text, str) and len(text) < 200 else None
    if match is None:
        return None
    digits = "".join(match.groups()).upper()
    value = "-".join(digits[start:start + 4] for start in range(0, 16, 4))
    is_sample = value in SAMPLES or not _is_issued(digits)
    return Orcid(value, valid=digits[-1] == _check_character(digits[:15]), sample=is_sample)


def _check_character(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    remainder = (12 - total % 11) % 11
    return "X" if remainder == 10 else str(remainder)


def _is_issued(digits: str) -> bool:
    number = int(digits[:15])
    return any(first <= number <= last for first, last in _BLOCKS)
