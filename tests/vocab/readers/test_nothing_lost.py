"""Every value in the real metadata files of today is stated or told, or stands under a key that is known to be dead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.support.documents import a_context, a_document
from vocab.readers import metadata, read_entry, reader_of
from vocab.readers.tree import Node
from vocab.record import Document, SourceRecord

DEAD = frozenset(
    {"tosca", "continuous_integration", "ai4_template", "docker_tags", "provenance", "metadata_version", "self"}
)
# Words about the platform that are no keyword of a module.
PLATFORM = frozenset({"docker", "api-v1", "api-v2", "services", "beta", "development"})


def metadata_files(shared: Path) -> Iterator[tuple[str, Document, SourceRecord]]:
    """Repository, document and record of every metadata file at head."""
    for file in sorted((shared / "corpus" / "github").glob("*/*/files/*")):
        row = reader_of(file.name)
        if row is not None and row.is_metadata:
            repository = "/".join(file.parts[-4:-2])
            document = a_document(file.name, file.read_bytes())
            yield repository, document, read_entry(a_context(repository), [document])


def leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Every value with the keys that lead to it."""
    if isinstance(node.value, dict):
        for name, each in node.value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(node.value, list):
        for each in node.value:
            yield from leaves(each, path)
    else:
        yield path, node


def test_every_value_of_the_real_metadata_is_stated_or_told(shared: Path) -> None:
    lost = []
    count = 0
    for repository, document, record in metadata_files(shared):
        root = metadata.parse_document(document).root
        assert root is not None
        places = {each.origin.line for each in record.statements} | {each.line for each in record.findings}
        said = {str(each.raw) for each in record.statements}
        for each in record.statements:
            said |= {str(part) for part in (each.value.values() if isinstance(each.value, dict) else [each.value])}
        for path, node in leaves(root):
            is_passed_over = set(path) & DEAD or path[0] in {"description", "resources"} or node.value in PLATFORM
            if not is_passed_over and node.line not in places and str(node.value) not in said:
                lost.append((repository, path, node.value))
            count += 1
    assert lost == []
    assert count > 2_000


def test_every_finding_about_the_real_metadata_says_where_and_how_to_mend(shared: Path) -> None:
    for repository, document, record in metadata_files(shared):
        for each in record.findings:
            assert each.file == document.path, (repository, each)
            assert each.line, (repository, each)
            assert each.mend, (repository, each)
            assert each.expected or each.code == "file-name-unexpected", (repository, each)


def test_every_real_metadata_file_gives_the_core_of_a_record(shared: Path) -> None:
    files = list(metadata_files(shared))
    assert len(files) == 120
    for repository, document, record in files:
        assert record.unparsed == (), repository
        for field in ("title", "summary", "dates.created", "evidence.code"):
            assert record.values(field) or (repository, field) == ("ai4os-hub/posenet-tf", "evidence.code"), (
                repository,
                document.path,
                field,
            )
