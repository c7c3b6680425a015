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
    FindingSpec("json-duplicate-key", Severity.ERROR, "a JSON key that stands twice", "Merge the two into one; other parsers keep only the last one."),
    FindingSpec("toml-unreadable", Severity.ERROR, "TOML that cannot be read", "Correct the syntax at this line of {file}."),
    FindingSpec("ini-unreadable", Severity.ERROR, "a setup.cfg that cannot be read", "Correct the syntax at this line of {file}."),
    FindingSpec("xml-unreadable", Severity.ERROR, "a record in XML that cannot be read", "Mend the record at the repository that serves it; it is read again when it changes."),
    FindingSpec("python-unreadable", Severity.WARNING, "a setup.py that cannot be read", "Correct the syntax at this line, or state the metadata in a `pyproject.toml`."),
    FindingSpec("text-not-utf8", Severity.WARNING, "text that is not UTF-8", "Save {file} as UTF-8."),
    FindingSpec("reader-failed", Severity.ERROR, "a file that our reader stumbled over", "Nothing on your side: tell the registry's administrator; the rest of the record was read."),
    FindingSpec("shape-unexpected", Severity.ERROR, "metadata of an unexpected shape", "Write {expected} here."),
    # Readers: single values
    FindingSpec("key-misspelt", Severity.WARNING, "a key that is not spelt as the schema spells it", "Write `{expected}` instead of `{found}`."),
    FindingSpec("key-legacy", Severity.WARNING, "a key of the older schema", "Write `{expected}` instead of `{found}`."),
    FindingSpec("key-unknown", Severity.INFO, "a key that no schema knows", "Check the spelling of `{found}`, or take it out."),
    FindingSpec("value-null", Severity.INFO, "a key without a value", "Give {field} a value, or take the key out."),
    FindingSpec("value-empty", Severity.WARNING, "an empty text", "Write something for {field}, or take the key out."),
    FindingSpec("value-blanks", Severity.INFO, "blanks around a value", "Take the blanks away before and after the value of {field}."),
    FindingSpec("value-placeholder", Severity.WARNING, "a value left over from the template", "Replace `{found}` by a real value for {field}, or take the key out."),
    FindingSpec("value-template-text", Severity.WARNING, "a text that says nothing of its own", "Write a {field} that tells people what the module does; `{found}` is the name or text of the template."),
    FindingSpec("html-malformed", Severity.INFO, "an HTML tag that is written wrongly", "Part the attributes by blanks and quote each value once, as in `<img class=\"fit\" src=\"…\"/>`."),
    FindingSpec("quote-alone", Severity.INFO, "a quotation mark that closes nothing", "Take the quotation mark away, or quote the whole value of {field}."),
    FindingSpec("link-by-former-name", Severity.INFO, "a link by a name that the repository no longer bears", "Write `{expected}`; the old address may be given to somebody else."),
    FindingSpec("value-not-in-list", Severity.WARNING, "a value outside the closed list", "Use {expected} in {field}; `{found}` is none of its values."),
    FindingSpec("value-mojibake", Severity.INFO, "text whose accents were encoded twice", "Save the text as UTF-8 once; it is read as `{expected}`."),
    FindingSpec("metadata-version-odd", Severity.INFO, "a `metadata_version` that no schema has", "Write the version of the metadata schema ({expected}), not that of the module."),
    FindingSpec("file-name-unexpected", Severity.INFO, "metadata in a file of an unexpected name", "Rename {file} to `{expected}`."),
    FindingSpec("date-unreadable", Severity.WARNING, "a date that cannot be read", "Write {field} as YYYY-MM-DD."),
    FindingSpec("date-order", Severity.WARNING, "a change before the creation", "Correct one of the two dates."),
    FindingSpec("date-stale", Severity.INFO, "a date of change older than the last change", "Set `dates.updated` when the module changes."),
    FindingSpec("url-broken", Severity.ERROR, "an address that cannot be right", "Correct the address in {field}."),
    FindingSpec("url-untidy", Severity.INFO, "a repository address that is not the plain one", "Write `{expected}`."),
    FindingSpec("url-dead-host", Severity.WARNING, "an address on a host that is gone", "Replace or take out the address in {field}; the service behind it was closed."),
    FindingSpec("image-unreadable", Severity.WARNING, "an image name that cannot be right", "Write {field} as `namespace/name`, without a tag and without a URL."),
    FindingSpec("doi-unreadable", Severity.WARNING, "a DOI that cannot be right", "Write {field} as `10.…/…`."),
    FindingSpec("orcid-invalid", Severity.WARNING, "an ORCID that is nobody's", "Correct the ORCID of this author or take it out; its check digit is wrong or it is a sample."),
    FindingSpec("licence-unknown", Severity.WARNING, "a licence that is no known one", "Name the licence by its SPDX identifier."),
    FindingSpec("licence-missing", Severity.WARNING, "metadata that says there is no licence", "Choose a licence, add its text as LICENSE and name its SPDX identifier."),
    FindingSpec("number-unreadable", Severity.WARNING, "a value that should be a number", "Write {field} as a number."),
    FindingSpec("citation-inherited", Severity.INFO, "a citation file that speaks of another project", "Replace {file} by one that names this module and its authors."),
    FindingSpec("maintainer-unclear", Severity.INFO, "a maintainer label that is hard to read", "Name people in CITATION.cff, with their ORCID."),
    FindingSpec("tag-not-a-version", Severity.INFO, "a tag that names no version", "Nothing, if it is meant so; releases are read from tags like `1.2.0` or `v1.2.0`."),
    FindingSpec("tags-inherited", Severity.INFO, "tags that belong to the project this is a fork of", "Nothing; they are not shown as versions of this module."),
    FindingSpec("tags-cut", Severity.INFO, "an image with more tags than are read", "Nothing; delete tags that nobody needs if one is missing that should be shown."),
    FindingSpec("repository-moved", Severity.INFO, "a repository that says it has moved", "Nothing, if the module is known under the new address `{found}`; else list that one."),
    FindingSpec("repository-archived", Severity.INFO, "a repository that is archived", "Nothing, if the module has moved; else unarchive it."),
    # Harvest
    FindingSpec("entry-unreachable", Severity.ERROR, "a listed entry that cannot be reached", "Make the repository public, correct the address in the catalogue, or take the entry out of it."),
    FindingSpec("entry-failed", Severity.ERROR, "an entry that could not be read this time", "Nothing: it is tried again at the next run."),
    FindingSpec(
        "entry-elsewhere", Severity.WARNING, "a listed repository on a server that the source does not read",
        "Add a source for that server, or take the repository out of the catalogue.",
    ),
    FindingSpec(
        "entry-no-module", Severity.INFO, "a repository of an organisation that is no module",
        "Nothing, if it is no module; else push an `ai4-metadata.yml` to its root.",
    ),
    FindingSpec(
        "entry-empty", Severity.ERROR, "a listed repository that is empty",
        "Push the module's files to the repository, or take the entry out of the catalogue.",
    ),
    FindingSpec("listing-failed", Severity.ERROR, "a listing that could not be read", "Check the address and the file of the catalogue; nothing was withdrawn."),
    FindingSpec("listing-defect", Severity.WARNING, "a catalogue entry that is written wrongly", "Write {expected} in the catalogue."),
    FindingSpec("record-broken", Severity.ERROR, "a record of another repository that cannot be read", "Mend the record at the repository that serves it; it is read again when it changes."),
    FindingSpec("endpoint-defect", Severity.WARNING, "a repository that departs from OAI-PMH", "Tell the operators of the repository that {expected} is due; what can be read is read."),
    FindingSpec("no-metadata", Severity.ERROR, "a repository without a metadata file", "Add an `ai4-metadata.yml` at the root of the repository."),
    FindingSpec("branch-missing", Severity.WARNING, "a listed branch that does not exist", "Name a branch that exists in the catalogue ({expected} is the default one), or name none."),
    FindingSpec("repository-renamed", Severity.INFO, "a repository that was renamed", "Write {expected} in the catalogue; the old address may be given to somebody else."),
    FindingSpec("image-tag-missing", Severity.WARNING, "an image that has no such tag", "Push `{found}`, or name a tag that exists, such as `{expected}`; without one `latest` is pulled."),
    FindingSpec("label-inherited", Severity.INFO, "labels of an image that may be those of the image it is built on", "Set the labels `org.opencontainers.image.*` of the module when its image is built, above all `source` with its repository."),
    FindingSpec("tree-truncated", Severity.INFO, "a repository too large to be listed whole", "Nothing: the files at its root and in `docker/` were read."),
    FindingSpec("result-unasked", Severity.WARNING, "a search that also shows what was not asked for", "Nothing: it was passed over. If it is much, the server ignored a part of the question."),
    FindingSpec("results-too-many", Severity.WARNING, "a search with more results than are read", "Name what is meant by its DOI or community in a source of its own."),
    FindingSpec("record-unreadable", Severity.WARNING, "a record in a list that cannot be read", "Nothing on your side: the others were read, and it is tried again at the next run."),
    FindingSpec("record-withdrawn", Severity.WARNING, "a DOI whose record was withdrawn", "Name the record that replaces `{found}`, or take the DOI out."),
    FindingSpec("doi-elsewhere", Severity.WARNING, "a DOI of another archive than the source asks", "Add a source of kind `datacite` for `{found}`, and take it out of this one."),
    # Identity, merge
    FindingSpec("identity-doubtful", Severity.WARNING, "two records that may be one module", "Say which is right: `modreg modules join` or `modreg modules split`."),
    FindingSpec(
        "identifier-of-another", Severity.WARNING, "a DOI or image that says it is of another module",
        "Take {found} out of the metadata, or correct its own record: it says that it is of {expected}.",
    ),
    FindingSpec(
        "doi-of-other-kind", Severity.INFO, "a DOI that stands for another kind of thing",
        "Name {found} in {expected}, or correct the record of the DOI.",
    ),
    FindingSpec(
        "conflict-licence-elsewhere", Severity.WARNING, "a deposit bears another licence than the repository",
        "Correct the licence of that record; name {expected} in `.zenodo.json` or CITATION.cff, so that the next release"
        " bears it.",
    ),
    FindingSpec(
        "conflict-version", Severity.INFO, "an image or deposit of another version than the newest release",
        "Raise the version there, or release again; the newest release is {expected}.",
    ),
    FindingSpec(
        "conflict-image", Severity.INFO, "one tag of an image with two digests",
        "Nothing: the digest that was pushed last is shown, and the other source is asked again.",
    ),
    FindingSpec("conflict-licence", Severity.WARNING, "the licence file is not the licence that the metadata declares", "Declare {expected}, or replace the licence file."),
    FindingSpec("conflict-metadata-files", Severity.WARNING, "the old and the new metadata file disagree", "Write the same in both files, or delete the older one."),
    FindingSpec("conflict-sources", Severity.INFO, "two sources disagree", "Correct the one that is wrong; {expected} is shown."),
    FindingSpec("conflict-dates", Severity.INFO, "two sources state different dates", "Correct the one that is wrong; {expected} is shown."),
    FindingSpec("date-implausible", Severity.WARNING, "a date that cannot be right", "Write the right date, or leave it out."),
    # Checks: completeness and sense of the module as it is shown
    FindingSpec("missing-licence", Severity.WARNING, "no licence", "Add a LICENSE file to the repository."),
    FindingSpec("missing-authors", Severity.WARNING, "no authors", "Add a CITATION.cff with authors and their ORCIDs."),
    FindingSpec("missing-contact", Severity.INFO, "no contact", "Name a maintainer with an address in CITATION.cff, codemeta.json or pyproject.toml."),
    FindingSpec("missing-image", Severity.WARNING, "no container image", "Name the image in `links.docker_image`."),
    FindingSpec("missing-source-code", Severity.WARNING, "no source code", "Name the repository in `links.source_code`."),
    FindingSpec("missing-training-data", Severity.INFO, "no data set", "Name the data set in `links.dataset`, best by its DOI."),
    FindingSpec("missing-doi", Severity.INFO, "no DOI", "Archive a release in Zenodo and write its DOI in `doi`."),
    FindingSpec("missing-version", Severity.INFO, "no version", "Tag a release in the repository."),
    FindingSpec("missing-summary", Severity.WARNING, "no summary", "Write one line in `summary`."),
    FindingSpec("missing-description", Severity.WARNING, "no description", "Write some sentences in `description`."),
    FindingSpec("missing-tasks", Severity.INFO, "no task", "Name what the module does in `tasks`."),
    FindingSpec("missing-libraries", Severity.INFO, "no library", "Name the libraries it is built with in `libraries`."),
    FindingSpec("missing-data-types", Severity.INFO, "no data type", "Name what it works on in `data-type`."),
    FindingSpec("missing-categories", Severity.INFO, "not said what it is for", "Say in `categories` whether it can be trained and used for inference."),
    FindingSpec("missing-publication", Severity.INFO, "nothing to cite", "Name the article in `links.citation`."),
    FindingSpec("missing-dates", Severity.INFO, "no date", "Write `dates.created` and `dates.updated`."),
    FindingSpec("title-is-repository-name", Severity.WARNING, "the title is the repository's name", "Write a title for people in `title`."),
    FindingSpec("summary-too-long", Severity.INFO, "a summary that is no single line", "Keep `summary` below {expected}."),
    FindingSpec("updated-before-created", Severity.WARNING, "updated before it was created", "Correct `dates.updated` or `dates.created`."),
    FindingSpec("text-odd", Severity.WARNING, "text that does not look right", "Save the file as UTF-8 and look at this text again."),
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
