"""Every finding there can be: its code, severity, and how it is mended. One table.

A reader or check makes a finding with `finding(CODE, …)`; severity and mend come from the row, so that the same
defect is told the same way everywhere. The codes are stable: operators filter by them.
"""

from __future__ import annotations

from dataclasses import dataclass

from vocab.record import Finding, Severity


@dataclass(frozen=True, slots=True)
class FindingSpec:
    """One row. `mend` may name `{field}`, `{file}`, `{expected}` and `{found}`."""

    code: str
    severity: Severity
    title: str
    mend: str


_ROWS = (
    # Readers: the document as a whole
    FindingSpec("json-repaired", Severity.ERROR, "JSON that strict parsers refuse", "Correct the syntax at this line; check with `python -m json.tool {file}`."),
    FindingSpec("json-unreadable", Severity.ERROR, "JSON that cannot be read", "Correct the syntax at this line; check with `python -m json.tool {file}`."),
    FindingSpec("yaml-unreadable", Severity.ERROR, "YAML that cannot be read", "Correct the syntax at this line; quote a text that holds `: `, and indent block text evenly."),
    FindingSpec("yaml-salvaged", Severity.ERROR, "YAML that is broken in one part", "Correct the part at this line; quote a text that holds `: `, and indent block text evenly."),
    FindingSpec("yaml-duplicate-key", Severity.ERROR, "a YAML key that stands twice", "Merge the two into one; other parsers keep only the last one."),
    FindingSpec("document-too-large", Severity.ERROR, "a metadata file that is too large", "Keep the metadata file below {expected}."),
    FindingSpec("document-not-text", Severity.ERROR, "a metadata file that is no text of this kind", "Put {expected} in this file; what came looks like {found}."),
    FindingSpec("last-good-kept", Severity.WARNING, "the last readable version is shown", "Mend the newer version of {file}; until then the one of commit {found} is shown."),
    # Harvest
    FindingSpec("entry-unreachable", Severity.ERROR, "a listed entry that cannot be reached", "Make the repository public, correct the address in the catalogue, or take the entry out of it."),
    FindingSpec("entry-failed", Severity.ERROR, "an entry that could not be read this time", "Nothing: it is tried again at the next run."),
    FindingSpec("listing-failed", Severity.ERROR, "a listing that could not be read", "Check the address and the file of the catalogue; nothing was withdrawn."),
    FindingSpec("listing-defect", Severity.WARNING, "a catalogue entry that is written wrongly", "Write {expected} in the catalogue."),
    FindingSpec("no-metadata", Severity.ERROR, "a repository without a metadata file", "Add an `ai4-metadata.yml` at the root of the repository."),
)

FINDINGS: dict[str, FindingSpec] = {row.code: row for row in _ROWS}


def finding(
    code: str,
    message: str,
    *,
    source: str | None = None,
    entry: str | None = None,
    file: str | None = None,
    line: int | None = None,
    field: str | None = None,
    found: str | None = None,
    expected: str | None = None,
) -> Finding:
    """A finding of this code. Raises `KeyError` for a code that is not in the table."""
    row = FINDINGS[code]
    parts = {"file": file or "the file", "field": field or "the field", "found": found or "it", "expected": expected or "it"}
    return Finding(
        code=code, severity=row.severity, message=message, mend=row.mend.format(**parts), source=source, entry=entry,
        file=file, line=line, field=field, found=found, expected=expected,
    )
