"""What every command starts from: the settings, and the services opened once."""

from __future__ import annotations

from pathlib import Path

import click

from registry.services import Services, open_services
from registry.settings import Settings, load_settings


class CommandContext:
    """Settings and services of one invocation, opened when a command first asks."""

    def __init__(self, config: Path | None) -> None:
        """Keep where the settings file is."""
        self._config = config
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The settings. Raises `SettingsError`."""
        if self._settings is None:
            self._settings = load_settings(self._config)
        return self._settings

    def services(self) -> Services:
        """The services, closed with the command. Raises `RegistryError` when the database cannot be used."""
        services = open_services(self.settings)
        click.get_current_context().call_on_close(services.close)
        return services


pass_command = click.make_pass_decorator(CommandContext)
