"""Addresses in metadata → statements: pages, repositories, DOIs, images, with what is wrong about them told.

One function for each kind of thing an address can stand for. A placeholder, a broken host or a host that is gone gives
a finding and no statement; the payload keeps what stood there. Border: which key holds which kind of address is told
in the tables of the readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from vocab.identifiers import (
    clean_url,
    doi,
    image_reference,
    is_placeholder,
    repository_address,
    repository_key,
    repository_url,
)
from vocab.module import Distribution, Identifier, Link, Relation, Resource
from vocab.readers.dead_hosts import DEAD_HOSTS
from vocab.readers.notes import Notes, shown
from vocab.readers.tree import Node

# What stands behind `owner/name/` on GitHub; anything else there is a folder, which `tree/` leads to.
_GITHUB_PAGES = frozenset({
    "actions", "archive", "blob", "branches", "commit", "commits", "compare", "contributors", "deployments",
    "discussions", "forks", "graphs", "issues", "labels", "milestones", "network", "packages", "projects", "pull",
    "pulls", "pulse", "raw", "releases", "security", "stargazers", "tags", "tree", "wiki",
})


@dataclass(frozen=True, slots=True)
class Address:
    """A usable address; `doi` is set when it is the address of a DOI."""

    url: str
    doi: str | None
    raw: str


def address_of(notes: Notes, node: Node, field: str) -> Address | None:
    """The address in a value, or `None` after saying what is wrong with it."""
    raw = node.text()
    if raw is None:
        if node.value is not None:
            notes.tell(
                "shape-unexpected", f"`{field}` is no text", at=node, field=field, expected="one address as text"
            )
        return None
    text = raw.strip()
    if not text:
        notes.tell("value-empty", f"`{field}` is empty", at=node, field=field)
        return None
    if is_placeholder(text):
        notes.tell("value-placeholder", f"`{field}` holds a template value", at=node, field=field, found=text)
        return None
    url = clean_url(text)
    if url is None:
        notes.tell(
            "url-broken",
            f"`{shown(text)}` is no address that can be right",
            at=node,
            field=field,
            found=text,
            expected="an address with https:// and a real host",
        )
        return None
    parts = urlsplit(url)
    for host in (parts.netloc, parts.hostname or ""):
        if gone := DEAD_HOSTS.get(host):
            notes.tell(
                "url-dead-host",
                f"{host} ({gone.what}) was found gone in {gone.found_gone}",
                at=node,
                field=field,
                found=text,
                expected=f"an address on {gone.instead}" if gone.instead else None,
            )
            return None
    if raw != text:
        notes.tell(
            "value-blanks",
            f"blanks around the value of `{field}`",
            at=node,
            field=field,
            found=raw,
            expected=raw.strip(),
        )
    return Address(url, doi(url), raw)


def say_repository(notes: Notes, node: Node, field: str) -> str | None:
    """The key of the repository in a value; states its link and source distribution, tells what is untidy."""
    address = address_of(notes, node, field)
    if address is None:
        return None
    repository = repository_address(address.raw)
    if repository is None:
        notes.say("links", Link("source_code", address.url), at=node, raw=address.raw)
        return None
    url = spelt(address.url, repository.key)
    faults = [each for each in repository.faults if each not in {"letter case", "blanks"}]
    if faults:
        notes.tell(
            "url-untidy",
            f"the repository address is not the plain one: {', '.join(faults)}",
            at=node,
            field=field,
            found=address.raw,
            expected=url,
        )
    notes.say("links", Link("source_code", url), at=node, raw=address.raw)
    return repository.key


def spelt(url: str, key: str) -> str:
    """The repository's address in the letter case in which it is written."""
    parts = urlsplit(url)
    depth = key.count("/")
    path = "/".join(parts.path.strip("/").split("/")[:depth]).removesuffix(".git")
    written = f"https://{key.split('/', maxsplit=1)[0]}/{path}"
    return written if repository_key(written) == key else repository_url(key)


def say_link(notes: Notes, node: Node, field: str, rel: str) -> None:
    """A page about the module."""
    address = address_of(notes, node, field)
    # The repository itself is no homepage of its own; packaging files often say so for want of one.
    if address and not (rel == "homepage" and repository_key(address.url) == notes.context.entry):
        notes.say("links", Link(rel, _as_page(notes, address.url, node, field)), at=node, raw=address.raw)


def _as_page(notes: Notes, url: str, node: Node, field: str) -> str:
    """The address; a folder that is named like a page of GitHub's own has none, and gets that of the folder."""
    repository = repository_address(url)
    if repository is None or not repository.key.startswith("github.com/") or not repository.below:
        return url
    if repository.below.split("/")[0] in _GITHUB_PAGES:
        return url
    page = f"{spelt(url, repository.key)}/tree/HEAD/{repository.below}"
    notes.tell("url-untidy", "GitHub has no such page of a repository", at=node, field=field, found=url, expected=page)
    return page


def say_dataset(notes: Notes, node: Node, field: str) -> None:
    """A data set that the module was trained with."""
    address = address_of(notes, node, field)
    if address:
        notes.say("training_data", Resource(url=address.url, doi=address.doi, kind="dataset"), at=node, raw=address.raw)


def say_publication(notes: Notes, node: Node, field: str) -> None:
    """What to cite."""
    address = address_of(notes, node, field)
    if address:
        notes.say("publications", Resource(url=address.url, doi=address.doi), at=node, raw=address.raw)


def say_weights(notes: Notes, node: Node, field: str) -> None:
    """Trained weights to fetch."""
    address = address_of(notes, node, field)
    if address:
        notes.say("distributions", Distribution("weights", url=address.url, doi=address.doi), at=node, raw=address.raw)


def say_base_model(notes: Notes, node: Node, field: str) -> None:
    """The model this one was made from: the repository of another module, or any page."""
    address = address_of(notes, node, field)
    if address:
        key = repository_key(address.url)
        below = repository_address(address.url)
        whole = key is not None and below is not None and not below.below
        notes.say(
            "relations",
            Relation("base_model", repository_url(key) if key and whole else address.url),
            at=node,
            raw=address.raw,
        )


def say_doi(notes: Notes, node: Node, field: str, role: str | None = None) -> None:
    """A DOI of the module itself, in whatever form it is written."""
    if isinstance(node.value, list):
        for each in node.items():
            say_doi(notes, each, field, role)
        return
    raw = node.text()
    if raw is None or not raw.strip():
        return
    if is_placeholder(raw):
        notes.tell("value-placeholder", f"`{field}` holds a template value", at=node, field=field, found=raw.strip())
        return
    name = doi(raw)
    if name is None:
        notes.tell("doi-unreadable", f"`{shown(raw)}` is no DOI", at=node, field=field, found=raw)
        return
    notes.say("identifiers", Identifier("doi", name, role), at=node, raw=raw)


def say_image(notes: Notes, node: Node, field: str) -> None:
    """A container image: where to pull it, and its name as evidence."""
    raw = node.text()
    if raw is None or not raw.strip():
        if raw is not None:
            notes.tell("value-empty", f"`{field}` is empty", at=node, field=field)
        return
    if is_placeholder(raw):
        notes.tell("value-placeholder", f"`{field}` holds a template value", at=node, field=field, found=raw.strip())
        return
    image = image_reference(raw)
    if image is None:
        notes.tell("image-unreadable", f"`{shown(raw)}` is no image name", at=node, field=field, found=raw)
        return
    if raw != raw.strip():
        notes.tell(
            "value-blanks",
            f"blanks around the value of `{field}`",
            at=node,
            field=field,
            found=raw,
            expected=raw.strip(),
        )
    if image.bare:
        # `x` alone would be an official image of Docker Hub, which no module is: the namespace was forgotten.
        notes.tell(
            "image-unreadable",
            f"`{shown(raw)}` names no namespace",
            at=node,
            field=field,
            found=raw.strip(),
            expected="namespace/name",
        )
        return
    notes.say(
        "distributions",
        Distribution(
            "image", url=image.page, reference=image.reference, pull=image.pull, tag=image.tag, digest=image.digest
        ),
        at=node,
        raw=raw,
    )
    notes.say("evidence.image", image.name, at=node, raw=raw)
