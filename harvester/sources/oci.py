"""The source kind `oci`: container images at any registry of the distribution API, by the images that modules name.

Least possible requests: for each registry one that asks how it wants to be asked, once in a life; for each forty images
one token; for each image the manifest, that of one platform where it is an index, and its configuration with one
redirect. An unchanged world costs the tokens and one `HEAD` for each image, answered 304 by registries that keep to
HTTP, and no pull at all. What is not there, or not public, is asked for once a day. A pull limit of the registry that
the source is at home at ends the run, which goes on after it where it stopped; one of another registry leaves that
registry's images for later.

Border: what is in an image is read in `vocab.readers.oci`; pulls, stars and descriptions are the kind `dockerhub`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.endpoints import Endpoints
from harvester.errors import (
    ElsewhereRepository,
    ForbiddenAddress,
    HarvestError,
    ListingUnusable,
    Parked,
    Unreachable,
    WrongSettings,
    iso,
)
from harvester.events import Entry, Failed, Listed
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.oci_images import ImageReader
from harvester.sources.oci_notebook import Notebook
from harvester.sources.oci_registry import Registry
from vocab.identifiers import ImageReference, image_key, image_reference, value_of
from vocab.record import Listing

DOCKER_HUB = "docker.io"


def _registry(text: str) -> str:
    found = image_reference(f"{text.strip()}/owner/name")
    if found is None or found.repository != "owner/name":
        raise ValueError(f"`{text}` is no host of a registry, such as `ghcr.io`")
    return found.registry


def _image(text: str) -> str:
    found = image_reference(text)
    if found is None:
        raise ValueError(f"`{text}` is no image, such as `ghcr.io/owner/name`")
    return found.reference


_Host = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_registry)]
_Image = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_image)]


class OciSettings(BaseModel):
    """The images that modules name, or images by name, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    follow: bool = Field(False, description="the images that the modules of other sources name")
    registries: tuple[_Host, ...] = Field(
        (), description="with `follow`: the registries whose images are read, as `docker.io`; none named: all that are"
    )
    images: tuple[_Image, ...] = Field((), description="images by name, as `ghcr.io/owner/name` or with a tag")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.follow and not self.images:
            raise ValueError("give `follow = true`, or `images`")
        if self.registries and not self.follow:
            raise ValueError("`registries` says which images are followed: give `follow = true` too")
        return self

    @property
    def home(self) -> str:
        """The registry whose credential and limits are the source's: the first that is named, else Docker Hub."""
        if self.registries:
            return self.registries[0]
        return _host_of(self.images[0]) if self.images and not self.follow else DOCKER_HUB


@dataclass(frozen=True, slots=True)
class _Wish:
    """One entry with the tag or digest that is wanted of it, if one is named."""

    entry: Entry
    image: ImageReference
    wanted: str | None


class OciSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: OciSettings) -> None:
        self._task = task
        self._settings = settings
        self._notebook = Notebook(task.memory, task.clock, anew=task.full)
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self._registries: dict[str, Registry] = {}
        self._silent: dict[str, str] = {}
        self._reader: ImageReader | None = None

    def list_entries(self) -> Listed:
        """Everything the source lists, the images of its home last. Raises `HarvestError`."""
        if self._task.token is not None and ":" not in self._task.token:
            seen = "The credential of this source is not of the form `user:token`."
            raise WrongSettings(seen, mend="Give the source a new credential.")
        home = self._settings.home
        wishes = sorted(self._wishes(), key=lambda each: (each.image.registry == home, each.entry.key))
        wanted = {each.entry.key: each.wanted for each in wishes if each.wanted is not None}
        self._reader = ImageReader(self._task, self._notebook, self._registry_of, wanted)
        for each in wishes:
            if self._reader.gone_today(each.entry, each.image) is None:
                self._names[each.image.registry].append(each.image.repository)
        self._greet()
        return Listed(tuple(each.entry for each in wishes))

    def read(self, entry: Entry) -> Outcome:
        """One image. Raises `HarvestError`."""
        if self._reader is None:
            raise ListingUnusable("The source was not listed before it was read.")
        host = _host_of(value_of(entry.key))
        if host == self._settings.home:
            return self._reader.read(entry)
        until = self._notebook.rest(self._rest_of(host))
        if until is not None:
            parked = Parked(f"The limit of {host} is used up until {iso(until)}; nothing was asked.", until)
            return Failed(entry, parked.problem("limit"))
        if host in self._silent:
            raise Unreachable(f"{host} was not asked again in this run: {self._silent[host]}")
        try:
            return self._reader.read(entry)
        except Parked as error:
            self._notebook.write_rest(self._rest_of(host), error.until)
            return Failed(entry, error.problem("limit"))
        except Unreachable as error:
            self._silent[host] = error.seen
            raise
        except ForbiddenAddress as error:
            if not error.seen.startswith(f"{host.partition(':')[0]} leads to"):
                raise  # it was sent there by somebody else
            seen = f"The registry {host} is not open to the public. {error.seen}"
            mend = "Publish the image in a registry that everybody reaches."
            raise ElsewhereRepository(seen, mend=mend, url=entry.url) from error

    def is_alive(self) -> bool:
        """Whether the registry that the source is at home at answers. Raises `HarvestError`."""
        return self._registry_of(self._settings.home).is_alive()

    def _wishes(self) -> list[_Wish]:
        found: dict[str, _Wish] = {}
        for text in self._settings.images:
            image = image_reference(text)
            if image is not None:
                wish = _Wish(_entry(image, ()), image, image.digest or image.tag)
                found.setdefault(wish.entry.key, wish)
        if self._settings.follow:
            for wish in self._followed():
                found.setdefault(wish.entry.key, wish)
        return list(found.values())

    def _followed(self) -> Iterable[_Wish]:
        memory, source = self._task.memory, self._task.source
        tags: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for named in memory.named("image-tag", source):
            image = image_reference(named.value)
            if image is not None:
                tags.setdefault(image.name, []).append((image.digest or image.tag or "", named.keys))
        by_name: dict[str, tuple[set[str], set[str]]] = {}
        for named in memory.named("image", source):
            keys, roles = by_name.setdefault(named.value, (set(), set()))
            keys.update(named.keys)
            roles.add(named.role)
        for name, (keys, roles) in by_name.items():
            image = image_reference(name)
            if image is None or (self._settings.registries and image.registry not in self._settings.registries):
                continue
            entry = _entry(image, sorted(keys), sorted(roles))
            yield _Wish(entry, image, _wanted(keys - {entry.key}, tags.get(name, ())))

    def _greet(self) -> None:
        """Find out whether the registries that somebody named are any, as far as there is something to ask them.

        The home is asked in any case: of a new source it is all there is to try.

        Raises:
            HarvestError: the credential is not accepted, or none of them is a registry that answers.
        """
        settings = self._settings
        named = dict.fromkeys([*settings.registries, *map(_host_of, settings.images)])
        hosts = [each for each in named if each == settings.home or self._names.get(each)]
        trouble: list[HarvestError] = []
        for host in hosts:
            try:
                self._registry_of(host).greet()
            except HarvestError as error:
                trouble.append(error)
        if trouble and len(trouble) == len(hosts):
            raise trouble[0]
        registry = self._registry_of(settings.home)
        if self._task.token is not None:
            registry.greet()
            registry.sign_in()

    def _registry_of(self, host: str) -> Registry:
        if host not in self._registries:
            login = self._task.token if host == self._settings.home else None
            self._registries[host] = Registry(
                self._task, self._notebook, host, base_of(self._task.endpoints, host),
                login=login, names=self._names[host],
            )
        return self._registries[host]

    def _rest_of(self, host: str) -> str:
        return f"{base_of(self._task.endpoints, host)}/v2/#rest"


def base_of(endpoints: Endpoints, host: str) -> str:
    """Where the API of a registry stands."""
    return endpoints.oci if host == DOCKER_HUB else f"https://{host}"


def _host_of(name: str) -> str:
    found = image_reference(name)
    return found.registry if found is not None else DOCKER_HUB


def _entry(image: ImageReference, keys: Iterable[str], roles: Iterable[str] = ()) -> Entry:
    url = image.page or f"https://{image.name}"
    return Entry(image_key(image.name), url, Listing(url, named_by=tuple(keys), roles=tuple(roles)))


def _wanted(keys: set[str], tags: Iterable[tuple[str, tuple[str, ...]]]) -> str | None:
    """The tag by which most name an image; None when as many name it without one."""
    found: Counter[str] = Counter()
    tagged: set[str] = set()
    for tag, named_by in tags:
        found[tag] += len(keys.intersection(named_by))
        tagged.update(named_by)
    tag, count = max(found.items(), key=lambda each: (each[1], each[0]), default=("", 0))
    return tag if count > len(keys - tagged) else None


def _open(task: Task, settings: OciSettings) -> OciSource:
    return OciSource(task, settings)


OCI = SourceKind(
    "oci", OciSettings, _open, home=lambda endpoints, settings: base_of(endpoints, settings.home),
    follows=lambda settings: settings.follow,
    credential="`user:token` of the first registry that is named (of Docker Hub where none is)",
)
