"""Hosts that answer no more: facts, one row for each, to be added to when one is found gone.

Border: an address on such a host is told by `vocab.readers.addresses`; hosts are not asked whether they live.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeadHost:
    """What stood there, the month in which it was found gone, and the host that took its place where one did."""

    what: str
    found_gone: str
    instead: str | None = None


# By host; a port makes the row narrower.
DEAD_HOSTS: dict[str, DeadHost] = {
    "jenkins.indigo-datacloud.eu": DeadHost("build server of the first project", "2026-07"),
    "jenkins.services.ai4os.eu": DeadHost("build server", "2026-07", "jenkins.cloud.ai4eosc.eu"),
    "marketplace.deep-hybrid-datacloud.eu": DeadHost("pages of the first catalogue", "2026-07"),
    "cephrgw01.ifca.es:8080": DeadHost("object store of the first project", "2026-07"),
    "nc.deep-hybrid-datacloud.eu": DeadHost("file store of the first project", "2026-07"),
}
