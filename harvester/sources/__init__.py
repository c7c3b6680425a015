"""The kinds of sources there are. One table."""

from __future__ import annotations

from harvester.sources.datacite import DATACITE
from harvester.sources.dockerhub import DOCKERHUB
from harvester.sources.git import GIT
from harvester.sources.github import GITHUB
from harvester.sources.gitlab import GITLAB
from harvester.sources.huggingface import HUGGINGFACE
from harvester.sources.kind import SourceKind
from harvester.sources.oaipmh import OAIPMH
from harvester.sources.oci import OCI
from harvester.sources.zenodo import ZENODO

SOURCES: dict[str, SourceKind] = {
    row.kind: row for row in (GITHUB, GITLAB, GIT, DOCKERHUB, OCI, ZENODO, DATACITE, HUGGINGFACE, OAIPMH)
}

__all__ = ["SOURCES", "SourceKind"]
