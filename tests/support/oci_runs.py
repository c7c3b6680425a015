"""The runs of one `oci` source over small registries."""

from __future__ import annotations

from tests.support.clock import HandClock
from tests.support.runs import Runs
from tests.support.small_oci import HUB, Host, Image, SmallRegistries


class Harbour:
    """Small registries with the runs of one source over them."""

    def __init__(self, *, hosts: dict[str, Host] | None = None, **settings: object) -> None:
        clock = HandClock()
        self.hub = Host()
        self.registries = SmallRegistries(clock, **{HUB: self.hub, **(hosts or {})})
        self.runs = Runs("oci", self.registries, **(settings or {"follow": True}))
        self.runs.clock = clock

    def has(self, name: str, host: Host | None = None) -> Image:
        """A named image at Docker Hub or elsewhere."""
        at = next((one for one, each in self.registries.hosts.items() if each is host), HUB)
        self.runs.name("image", f"{'docker.io' if at == HUB else at}/{name}")
        return (host or self.hub).image(name)
