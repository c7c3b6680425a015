"""What one source says about one module: statements with their origin, and what is wrong with them.

Pure values; the words are those of the house plan. A `SourceRecord` is the meeting point of the packages: the
readers in `vocab.readers` make it, the registry keeps it, `vocab.identity` and `vocab.merge` read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from typing_extensions import TypeAliasType

# One type, said twice: pydantic cannot follow a recursive alias without a name, mypy none that has one.
if TYPE_CHECKING:
    Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
else:
    Json = TypeAliasType("Json", bool | int | float | str | list["Json"] | dict[str, "Json"] | None)


class Severity(StrEnum):
    """How bad a finding is: `error` = a value or record was lost, `warning` = doubtful, `info` = could be better."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement came from.

    `reader` is the row of `vocab.readers.READERS` that found it and decides its precedence in `vocab.merge`;
    `rule` says how it was found (`declared`, `repaired`, `derived from FROM`, …). `line` counts from 1.
    """

    source: str
    entry: str
    reader: str
    rule: str = "declared"
    file: str | None = None
    commit: str | None = None
    line: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One value for one field of `vocab.fields.FIELDS`; `raw` is what stood there when normalising changed it."""

    field: str
    value: Json
    origin: Origin
    raw: Json = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or doubtful: `code` is a row of `vocab.findings.FINDINGS`, which gives severity and mend."""

    code: str
    severity: Severity
    message: str
    mend: str
    source: str | None = None
    entry: str | None = None
    file: str | None = None
    line: int | None = None
    field: str | None = None
    found: str | None = None
    expected: str | None = None


NoteKind: TypeAlias = Literal["renamed", "replaces"]


@dataclass(frozen=True, slots=True)
class CatalogueNote:
    """What a commit of the catalogue says of an entry: `key` is its former repository, or another one it replaces."""

    kind: NoteKind
    key: str
    commit: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The place where a catalogue lists an entry: `file` and `line` (from 1) in the catalogue's repository.

    `named_by` are the keys of the records that name the entry, when it is here for that reason alone (`follow`): it
    tells of their modules, and never makes a module of its own. `roles` says what it is to them (`vocab.references`).
    """

    url: str
    file: str | None = None
    line: int | None = None
    branch: str | None = None
    name: str | None = None
    notes: tuple[CatalogueNote, ...] = ()
    named_by: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One payload of an entry as it is handed to a reader.

    `path` is the file's path in the repository, or `api:NAME` for an answer of the source's API
    (`api:repository`, `api:commits`, `api:tags`, `api:releases`, `api:tree`). `stale` marks the last good version
    standing in for a newer one that does not parse.
    """

    path: str
    body: bytes
    sha256: str
    url: str | None = None
    commit: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What a reader needs to know besides the bytes: whose entry this is and where it was listed."""

    source: str
    entry: str
    url: str
    revision: str | None = None
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader made of one document. `parsed` is False when the document as a whole could not be read."""

    statements: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()
    parsed: bool = True


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What one source says about one module.

    `key` is the canonical identifier of the entry (`github.com/owner/name`), `unparsed` the paths that could not
    be read in this version. `followed`: it is here only because records of modules name it (`Listing.named_by`), so it
    tells of their modules and makes none.
    """

    source: str
    key: str
    url: str
    revision: str | None = None
    statements: tuple[Statement, ...] = ()
    findings: tuple[Finding, ...] = ()
    unparsed: tuple[str, ...] = field(default=())
    followed: bool = False

    def values(self, name: str) -> list[Json]:
        """All values stated for one field, in the order of the statements."""
        return [statement.value for statement in self.statements if statement.field == name]
