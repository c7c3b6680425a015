"""What differs from forge to forge, told by the host alone: the address to clone, the page of a file, the credential.

Border: no network here, only addresses. Which addresses are repositories, and under which key, is told in
`vocab.identifiers`.
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from harvester.answers import Credential
from harvester.endpoints import origin
from vocab.identifiers import RepositoryAddress, repository_address

_SCP = re.compile(r"[\w.-]+@(?P<host>[\w.-]+):(?P<path>.+)")
# Where a forge, told by its host, shows a file at a commit, and what a tag names.
_FORGES = (
    (re.compile(r"github"), "/blob/{commit}/{path}", "/tree/{tag}"),
    (re.compile(r"gitlab|framagit|jugit|codebase|salsa\.debian"), "/-/blob/{commit}/{path}", "/-/tree/{tag}"),
    (re.compile(r"bitbucket"), "/src/{commit}/{path}", "/src/{tag}"),
    (re.compile(r"codeberg|gitea|forgejo"), "/src/commit/{commit}/{path}", "/src/tag/{tag}"),
    (re.compile(r"git\.sr\.ht"), "/tree/{commit}/item/{path}", "/tree/{tag}"),
    (re.compile(r"gitee"), "/blob/{commit}/{path}", "/tree/{tag}"),
)
# As whom one shows a token that bears no name.
_NAMES = (
    (re.compile(r"github"), "x-access-token"), (re.compile(r"bitbucket"), "x-token-auth"), (re.compile(r""), "oauth2"),
)


def repository_at(written: str) -> RepositoryAddress | None:
    """The repository of an address that somebody calls one, also on a host that does not look like a forge."""
    return repository_address(written) or repository_address(f"{written.strip().rstrip('/')}.git")


def clone_address(written: str) -> str | None:
    """Where a repository is cloned from over http, however its address is written; None when it is none.

    A user and password in it are left out. Forges answer under the name with `.git` without a detour; any other server
    only under the name it has.
    """
    found = repository_at(written)
    if found is None:
        return None
    bare = re.sub(r"\Agit\+", "", written.strip(), flags=re.IGNORECASE)
    scp = None if "://" in bare else _SCP.fullmatch(bare)
    if scp:
        bare = f"ssh://{scp['host']}/{scp['path']}"
    elif "://" not in bare:
        bare = f"https://{bare}"
    path = [part for part in urlsplit(bare).path.split("/") if part][: found.key.count("/")]
    if repository_address(f"https://{found.key}") is not None and not path[-1].lower().endswith(".git"):
        path[-1] += ".git"
    scheme = "http" if bare.lower().startswith("http://") and _has_own_port_or_number(found.host) else "https"
    return f"{scheme}://{found.host}/{'/'.join(quote(part) for part in path)}"


def _has_own_port_or_number(host: str) -> bool:
    """Whether a host may be meant without encryption: public forges are not."""
    if ":" in host:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def web_address(clone: str) -> str:
    """The page of a repository that is cloned from there."""
    return re.sub(r"\.git\Z", "", clone.rstrip("/"), flags=re.IGNORECASE)


def file_page(web: str, commit: str, forge: str | None = None) -> Callable[[str], str]:
    """The page of each file of a repository; its own page where the forge is not known.

    Args:
        web: the page of the repository.
        commit: at which the files are shown.
        forge: what the server runs; told by its host when it is not given.
    """
    host = forge or urlsplit(web).hostname or ""
    form = next((form for pattern, form, _ in _FORGES if pattern.search(host)), None)

    def page(path: str) -> str:
        return web + form.format(commit=commit, path=quote(path)) if form else web

    return page


def tag_page(web: str, tag: str, forge: str | None = None) -> str | None:
    """The page of what a tag names, as `file_page`; None where the forge is not known."""
    host = forge or urlsplit(web).hostname or ""
    form = next((form for pattern, _, form in _FORGES if pattern.search(host)), None)
    return web + form.format(tag=quote(tag)) if form else None


def credential_for(token: str | None, address: str) -> Credential | None:
    """The credential of a source: `user:token`, or a token alone, which each forge takes under a name of its own."""
    if not token:
        return None
    host = origin(address)[1]
    name = next(name for pattern, name in _NAMES if pattern.search(host))
    pair = token if ":" in token else f"{name}:{token}"
    return Credential(base64.b64encode(pair.encode()).decode("ascii"), address, scheme="Basic")
