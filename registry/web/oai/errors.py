"""The errors of OAI-PMH: one class a code. All of them answer HTTP 200; the texts are for whoever writes the client.

    OaiError
    ├── BadVerbError                  badVerb
    ├── BadArgumentError              badArgument
    ├── BadResumptionTokenError       badResumptionToken
    ├── CannotDisseminateFormatError  cannotDisseminateFormat
    ├── IdDoesNotExistError           idDoesNotExist
    ├── NoRecordsMatchError           noRecordsMatch
    ├── NoMetadataFormatsError        noMetadataFormats
    └── NoSetHierarchyError           noSetHierarchy

OAI-PMH 2.0 §3.6.
"""

from __future__ import annotations

from typing import ClassVar


class OaiError(Exception):
    """The root. `echo`: whether the `request` element repeats the arguments, which §3.2 forbids for two codes."""

    code: ClassVar[str]
    echo: ClassVar[bool] = True


class BadVerbError(OaiError):
    """No verb, an unknown one, or more than one."""

    code = "badVerb"
    echo = False


class BadArgumentError(OaiError):
    """An argument that is unknown, missing, repeated, or written wrongly."""

    code = "badArgument"
    echo = False


class BadResumptionTokenError(OaiError):
    """A token that we did not give, gave for another verb, or that is too old."""

    code = "badResumptionToken"


class CannotDisseminateFormatError(OaiError):
    """Nobody has this format, or not this item."""

    code = "cannotDisseminateFormat"


class IdDoesNotExistError(OaiError):
    """There never was an item with this identifier."""

    code = "idDoesNotExist"


class NoRecordsMatchError(OaiError):
    """The list is empty."""

    code = "noRecordsMatch"


class NoMetadataFormatsError(OaiError):
    """The item has no format."""

    code = "noMetadataFormats"


class NoSetHierarchyError(OaiError):
    """There are no sets."""

    code = "noSetHierarchy"
