"""The processes that stay: everything in one, the web alone, the worker alone.

`up` serves with waitress in this process, beside the scheduler's threads. `web` hands this process to gunicorn, whose
workers build the application anew from the same settings. `worker` waits for a signal.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import waitress

from registry.scheduler import Scheduler
from registry.services import Services
from registry.settings import Settings
from registry.web import create_app

THREADS = 8
GUNICORN_SETTINGS = Path("config/gunicorn.conf.py")


def serve_everything(services: Services, host: str, port: int) -> None:
    """Web, scheduler and followers in this process, until SIGINT or SIGTERM."""
    scheduler = Scheduler(services)
    server = waitress.create_server(create_app(services), host=host, port=port, threads=THREADS, ident=None)
    _end_on_signals(lambda: threading.Thread(target=server.close).start())
    scheduler.start()
    try:
        server.run()
    except (KeyboardInterrupt, OSError):
        # Closing the listening socket is how the server ends; waitress tells it as an error of the socket.
        pass
    finally:
        scheduler.stop()


def serve_web(settings: Settings, config: Path | None, host: str, port: int, processes: int) -> None:
    """Become gunicorn with that many worker processes. Does not return."""
    environment = dict(os.environ)
    if config is not None:
        environment["MODREG_CONFIG"] = str(config)
    arguments = [sys.executable, "-m", "gunicorn", "registry.web.wsgi:application()"]
    if GUNICORN_SETTINGS.exists():
        arguments += ["--config", str(GUNICORN_SETTINGS)]
    arguments += ["--bind", f"{host}:{port}", "--workers", str(processes), "--log-level", settings.log_level.lower()]
    os.execve(sys.executable, arguments, environment)  # noqa: S606  # our own interpreter, no shell


def serve_worker(services: Services) -> None:
    """Scheduler and followers in this process, until SIGINT or SIGTERM."""
    ended = threading.Event()
    _end_on_signals(ended.set)
    scheduler = Scheduler(services)
    scheduler.start()
    ended.wait()
    scheduler.stop()


def _end_on_signals(end: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: end())
