"""References to container images: what was written, and the one canonical form `registry/repository[:tag][@digest]`.

Reads bare names, names with registry and port, tags, digests, `docker pull …`, `docker://…` and web addresses of the
large registries. Upper case is folded, because no registry has it. Border: no registry is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vocab.identifiers.placeholders import is_placeholder
from vocab.identifiers.urls import is_host

DOCKER_HUB = "docker.io"
_SAME_REGISTRY = {
    "index.docker.io": DOCKER_HUB, "registry-1.docker.io": DOCKER_HUB, "registry.hub.docker.com": DOCKER_HUB, "www.docker.io": DOCKER_HUB,
    "registry.docker.io": DOCKER_HUB, "docker.com": DOCKER_HUB,
}
_HUB_PAGE = re.compile(r"(?:https?:/{1,2})?(?:www\.)?hub\.docker\.com/+(?:r|u|layers|repository/docker|v2/repositories|_)/+", re.IGNORECASE)
_HUB_OFFICIAL = re.compile(r"(?:https?:/{1,2})?(?:www\.)?hub\.docker\.com/+_/+", re.IGNORECASE)
_QUAY_PAGE = re.compile(r"(?:https?:/{1,2})?quay\.io/+repository/+", re.IGNORECASE)
_COMMAND = re.compile(r"(?:sudo\s+)?(?:docker|podman|udocker|apptainer|singularity)\s+(?:image\s+)?pull\s+", re.IGNORECASE)
_SCHEME = re.compile(r"(?:docker|oci|containers?-storage|https?):/{0,2}", re.IGNORECASE)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*\Z")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
_DIGEST = re.compile(r"(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})\Z")
# Hosts that hold code or pages and no images: a link to them is a mistake, not an image.
_NO_REGISTRIES = frozenset({"github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "zenodo.org", "doi.org", "huggingface.co", "hub.docker.com", "pypi.org"})


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
            official = self.repository.startswith("library/")
            return f"https://hub.docker.com/{'_/' + self.repository.removeprefix('library/') if official else 'r/' + self.repository}"
        if self.registry == "quay.io":
            return f"https://quay.io/repository/{self.repository}"
        return None

    @property
    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def image_reference(text: object) -> ImageReference | None:
    """The image that a text names, or None when it names none."""
    if not isinstance(text, str) or len(text) > 500 or is_placeholder(text):
        return None
    bare = _COMMAND.sub("", text.strip().strip("\"'`<>").strip(), count=1).strip()
    official = bool(_HUB_OFFICIAL.match(bare))
    bare, is_page = _without_page(bare)
    if not bare or re.search(r"\s", bare) or "://" in bare:
        return None
    path, _, digest = bare.rstrip("/").partition("@")
    path, tag = _without_tag(path)
    if (digest and not _DIGEST.match(digest.lower())) or (tag is not None and not _TAG.match(tag)):
        return None
    registry, components = _located(path, is_page)
    if registry is None or not components or not all(map(_COMPONENT.match, components)) or len("/".join(components)) > 255:
        return None
    single = registry == DOCKER_HUB and len(components) == 1
    repository = f"library/{components[0]}" if single else "/".join(components)
    bare_name = single and not official or repository.startswith("library/") and not official
    return ImageReference(registry, repository, tag, digest.lower() or None, bare_name)


def _without_page(text: str) -> tuple[str, bool]:
    """The name in the address of a registry's web page (or any other text), and whether it was such a page."""
    for pattern, registry in ((_HUB_PAGE, DOCKER_HUB), (_QUAY_PAGE, "quay.io")):
        page = pattern.match(text)
        if page:
            path = re.split(r"[?#]", text[page.end():], maxsplit=1)[0]
            return f"{registry}/{'/'.join(segment for segment in path.split('/')[:2] if segment and segment != 'tags')}", True
    return _SCHEME.sub("", text, count=1) if _SCHEME.match(text) else text, False


def _without_tag(path: str) -> tuple[str, str | None]:
    last = path.rsplit("/", 1)[-1]
    if ":" not in last or ("/" not in path and re.fullmatch(r"[\w.-]+:\d{2,5}", path) and "." in path):
        return path, None
    name, _, tag = path.rpartition(":")
    return name, tag


def _located(path: str, is_page: bool) -> tuple[str | None, list[str]]:
    first, slash, rest = path.lower().partition("/")
    host = first.split(":")[0]
    is_registry = bool(slash) and ("." in first or ":" in first or first == "localhost")
    if not is_registry:
        return DOCKER_HUB, path.lower().split("/")
    if host in _NO_REGISTRIES or not is_host(host):
        return None, []
    components = rest.split("/")
    if is_page and len(components) > 2:
        components = components[:2]
    return _SAME_REGISTRY.get(first, first), components
