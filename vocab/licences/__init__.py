"""Licences: names, texts and codes → SPDX expression, with the EU code and the OSI's word beside it.

`licence_value` reads what metadata says, `detect` the text of a licence file, `conclude` decides between the two.
Border: pure; nothing is looked up outside the table in `licences.toml` and the SPDX list of `license-expression`.
"""

from __future__ import annotations

from vocab.licences.conclusion import compatible, conclude
from vocab.licences.detection import detect
from vocab.licences.names import licence_value, spdx_of
from vocab.licences.table import EU_LICENCES, LicenceRow, licences

__all__ = ["EU_LICENCES", "LicenceRow", "compatible", "conclude", "detect", "licence_value", "licences", "spdx_of"]
