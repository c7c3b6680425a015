"""What every command starts from: the settings, and the services opened once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from harvester.clock import SystemClock
from registry.services import Services, open_services
from registry.settings import Settings, load_settings


class CommandContext:
    """Settings and services of one invocation, opened when a command first asks."""

    def __init__(self, config: Path | None) -> None:
        """Keep where the settings file is."""
        self.config = config
        self._settings: Settings | None = None
        self._clock = SystemClock()

    @property
    def settings(self) -> Settings:
        """The settings. Raises `SettingsError`."""
        if self._settings is None:
            self._settings = load_settings(self.config)
        return self._settings

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._clock.now()

    def services(self) -> Services:
        """The services, closed with the command. Raises `RegistryError` when the database cannot be used."""
        services = open_services(self.settings, self._clock)
        click.get_current_context().call_on_close(services.close)
        return services


pass_command = click.make_pass_decorator(CommandContext)
