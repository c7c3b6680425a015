# ruff: noqa: E402 - the path must be set before the packages of the checkout can be imported.
"""How many requests a harvest of GitHub catalogues sends, beside the least that would do.

    python benchmarks/requests.py ENDPOINTS.json [--token TOKEN] [OWNER/CATALOGUE …]

Harvests the catalogues twice into a memory that lasts as long as the program. The least is counted from what came
out, not from what was sent: 4 for each catalogue (repository, tree, file, its commits); for an owner with three or
more listed repositories the pages of the owner's list, else 1 for each repository; 1 for each name its owner does not
show, 2 when that name was moved; for each distinct repository read 1 for commits and 1 for the tree; for each with tags
2, tags and releases. By GraphQL: 1 for every fifty listed repositories, and 1 for every fifty distinct wanted files;
without it (`--rest`, or no token) 1 for each file, and 1 for the tags of each repository. Exit code 1 when the first
harvest sends more than 1.3 times that, or the second one spends quota.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the checkout instead of this folder, which holds a `requests`

from harvester.addresses import open_session
from harvester.answers import links_of
from harvester.client import Client
from harvester.clock import SystemClock
from harvester.endpoints import Endpoints
from harvester.events import Event, Fetched, Finished, Gone, Listed
from harvester.harvest import harvest
from harvester.sources.github_batches import BATCH
from harvester.sources.github_owners import WORTH_A_LIST
from harvester.sources.github_shapes import Tree
from harvester.sources.repository_files import wanted
from tests.support.memory import DictMemory

CATALOGUES = ("deephdc/deep-oc", "ai4os-hub/modules-catalog", "ai4os/tools-catalog")
TARGET = 1.3


def run(endpoints: Endpoints, memory: DictMemory, catalogue: str, token: str | None) -> list[Event]:
    """One harvest of one catalogue."""
    clock = SystemClock()
    with open_session(endpoints) as session:
        client = Client(session, memory, endpoints, clock, contact="https://example.org/benchmark")
        settings = {"catalogue": catalogue}
        stream = harvest(catalogue, "github", settings, endpoints, client, memory, clock, token=token)
        return memory.learn(catalogue, stream)


def floor(harvests: Sequence[Sequence[Event]], pages: Counter[str], *, batches: bool) -> dict[str, int]:
    """The least possible requests of a first harvest, by what they are for.

    Args:
        harvests: the events of each catalogue.
        pages: how many pages each owner's list has.
        batches: whether files come by GraphQL.
    """
    need: Counter[str] = Counter()
    read: dict[str, Fetched] = {}
    for events in harvests:
        need["catalogue"] += 4
        entries = [entry for event in events if isinstance(event, Listed) for entry in event.entries]
        need["batch of repositories"] += batches * math.ceil(len(entries) / BATCH)
        owners = Counter(entry.key.split("/")[1] for entry in entries)
        large = {owner for owner, count in owners.items() if count >= WORTH_A_LIST}
        need["repository"] += sum(
            min(pages[owner], count) if owner in large else count for owner, count in owners.items()
        )
        for event in events:
            if isinstance(event, Gone) and event.entry.key.split("/")[1] in large:
                need["missing name"] += 1
            if isinstance(event, Fetched):
                read[event.key] = event
                need["missing name"] += 2 * len(event.previous_keys)
    blobs: set[str] = set()
    for event in read.values():
        bodies = {document.path: document.body for document in event.documents}
        has_tags = json.loads(bodies["api:tags"]) != []
        need["commits, tree"] += 2
        need["tags, releases"] += 2 * has_tags or not batches
        blobs |= {row.sha for row in wanted(Tree.model_validate_json(bodies["api:tree"]))}
    need["batch of files" if batches else "file"] = math.ceil(len(blobs) / BATCH) if batches else len(blobs)
    return dict(need)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(description="Requests of a harvest, beside the least possible.")
    parser.add_argument("endpoints", type=Path)
    parser.add_argument("catalogues", nargs="*", default=list(CATALOGUES))
    parser.add_argument("--token", default="benchmark")
    parser.add_argument("--rest", action="store_true", help="without GraphQL")
    options = parser.parse_args(arguments)
    endpoints = Endpoints.from_json(options.endpoints.read_bytes(), str(options.endpoints))
    if options.rest:
        endpoints = replace(endpoints, graphql=Endpoints().graphql)  # not on the API's own server, so it is not used
    memory = DictMemory()
    first = [run(endpoints, memory, catalogue, options.token) for catalogue in options.catalogues]
    need = floor(first, _pages(endpoints, memory), batches=not options.rest)
    second = [run(endpoints, memory, catalogue, options.token) for catalogue in options.catalogues]
    sent, again = _spent(first), _spent(second)
    ratio = sent["sent"] / sum(need.values())
    report = {"least": sum(need.values()), "least_by": need, "first": sent, "second": again, "ratio": round(ratio, 3)}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 0 if ratio <= TARGET and again["quota_used"] == 0 else 1


def _pages(endpoints: Endpoints, memory: DictMemory) -> Counter[str]:
    """How many pages the list of each owner has, as its first page said."""
    pages: Counter[str] = Counter()
    for (url, _), validator in memory.validators.items():
        kind, _, rest = url.removeprefix(endpoints.github + "/").partition("/")
        if kind in ("orgs", "users") and validator.status == 200:
            last = parse_qs(urlsplit(links_of(validator.links).get("last", "")).query).get("page", ["1"])
            pages[rest.partition("/")[0]] = int(last[-1])
    return pages


def _spent(harvests: Sequence[Sequence[Event]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for events in harvests:
        total.update(type(event).__name__ for event in events)
        for event in events:
            if isinstance(event, Finished):
                costs = event.requests
                total.update(
                    sent=costs.sent, not_modified=costs.not_modified, quota_used=costs.quota_used, bytes=costs.bytes
                )
    return total


if __name__ == "__main__":
    raise SystemExit(main())
