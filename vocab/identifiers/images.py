"""References to container images: what was written, and the one canonical form `registry/repository[:tag][@digest]`.

Reads bare names, names with registry and port, tags, digests, `docker pull …`, `docker://…` and web addresses of the
large registries. Upper case is folded, because no registry has it. Border: no registry is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from vocab.identifiers.placeholders import is_placeholder
from vocab.identifiers.urls import is_host

DOCKER_HUB = "docker.io"
_SAME_REGISTRY = dict.fromkeys(
    ("index.docker.io", "registry-1.docker.io", "registry.docker.io", "registry.hub.docker.com", "www.docker.io"),
    DOCKER_HUB,
)
_WEB = r"(?:https?:/{1,2})?(?:www\.)?"
# `/u/` is the page of a user; some write it for the page of an image.
_HUB_PAGE = re.compile(rf"{_WEB}hub\.docker\.com/+(?:r|u|layers|repository/docker|v2/repositories)/+", re.IGNORECASE)
_HUB_OFFICIAL = re.compile(rf"{_WEB}hub\.docker\.com/+_/+", re.IGNORECASE)
_QUAY_PAGE = re.compile(rf"{_WEB}quay\.io/+repository/+", re.IGNORECASE)
# A page, the registry it shows, and how many segments of its path name the image.
_PAGES = ((_HUB_OFFICIAL, DOCKER_HUB, 1), (_HUB_PAGE, DOCKER_HUB, 2), (_QUAY_PAGE, "quay.io", 2))
_PROGRAMS = r"(?:docker|podman|udocker|apptainer|singularity)"
_COMMAND = re.compile(rf"(?:sudo\s+)?{_PROGRAMS}\s+(?:image\s+)?pull\s+", re.IGNORECASE)
_SCHEME = re.compile(r"(?:docker|oci|https?):/{1,2}", re.IGNORECASE)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")
_HOST_AND_PORT = re.compile(r"[\w-]+(?:\.[\w-]+)+:\d{2,5}\Z", re.ASCII)
# Hosts that hold code or pages and no images: a link to them is a mistake, not an image.
_NO_REGISTRIES = frozenset({
    "github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "zenodo.org", "doi.org", "huggingface.co",
    "hub.docker.com", "www.docker.com", "docker.com", "pypi.org",
})
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image in canonical form. `bare` says that no owner was named, which on Docker Hub means an official image."""

    registry: str
    repository: str
    tag: str | None = None
    digest: str | None = None
    bare: bool = False

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest: what identifies the image."""
        return f"{self.registry}/{self.repository}"

    @property
    def reference(self) -> str:
        """The canonical reference, with tag and digest where they are known."""
        return self.name + self._suffix

    @property
    def pull(self) -> str:
        """What one types after `docker pull`."""
        if self.registry != DOCKER_HUB:
            return self.reference
        return self.repository.removeprefix("library/") + self._suffix

    @property
    def page(self) -> str | None:
        """The web page of the image where its registry has one."""
        if self.registry == DOCKER_HUB:
            owner, _, name = self.repository.partition("/")
            return f"https://hub.docker.com/{f'_/{name}' if owner == 'library' else f'r/{self.repository}'}"
        return f"https://quay.io/repository/{self.repository}" if self.registry == "quay.io" else None

    @property
    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def image_reference(text: object) -> ImageReference | None:
    """The image that a text names, or None when it names none."""
    return _read(str(text)) if isinstance(text, str) and len(text) <= _LONGEST else None


@lru_cache(maxsize=4_000)
def _read(text: str) -> ImageReference | None:
    if is_placeholder(text):
        return None
    bare = _COMMAND.sub("", text.strip().strip("\"'`<>").strip(), count=1).strip()
    official = bool(_HUB_OFFICIAL.match(bare))
    path, _, digest = _without_page(bare).rstrip("/").partition("@")
    path, tag = _without_tag(path)
    registry, components = _located(path.lower())
    if registry is None or not _is_sound(components, tag, digest.lower()):
        return None
    if registry == DOCKER_HUB and len(components) == 1:
        components = ["library", *components]
    is_bare = registry == DOCKER_HUB and components[0] == "library" and not official
    return ImageReference(registry, "/".join(components), tag, digest.lower() or None, is_bare)


def _without_page(text: str) -> str:
    """The name in the address of a registry's web page; any other text without its scheme."""
    for pattern, registry, depth in _PAGES:
        page = pattern.match(text)
        if page:
            path = re.split(r"[?#]", text[page.end():], maxsplit=1)[0]
            return "/".join([registry, *[segment for segment in path.split("/") if segment][:depth]])
    return _SCHEME.sub("", text, count=1)


def _without_tag(path: str) -> tuple[str, str | None]:
    last = path.rsplit("/", 1)[-1]
    if ":" not in last or ("/" not in path and _HOST_AND_PORT.match(path)):
        return path, None
    name, _, tag = path.rpartition(":")
    return name, tag


def _located(path: str) -> tuple[str | None, list[str]]:
    """The registry and the components of the repository; no registry when the host cannot be one."""
    first, slash, rest = path.partition("/")
    host = first.split(":")[0]
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        return DOCKER_HUB, path.split("/")
    if host in _NO_REGISTRIES or not is_host(host) or not re.fullmatch(r"[^:]+(?::\d{1,5})?", first, re.ASCII):
        return None, []
    return _SAME_REGISTRY.get(first, first), rest.split("/")


def _is_sound(components: list[str], tag: str | None, digest: str) -> bool:
    well_named = all(map(_COMPONENT.match, components)) and len("/".join(components)) <= 255
    return well_named and (tag is None or bool(_TAG.match(tag))) and (not digest or bool(_DIGEST.match(digest)))
