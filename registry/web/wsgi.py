"""The application for a WSGI server: `gunicorn 'registry.web.wsgi:application()'`."""

from __future__ import annotations

from flask import Flask

from registry.logs import configure_logs
from registry.services import open_services
from registry.settings import load_settings
from registry.web import create_app


def application() -> Flask:
    """The application over the settings of the environment. Raises `RegistryError` when they are wrong."""
    settings = load_settings()
    configure_logs(settings.log_level)
    return create_app(open_services(settings))
