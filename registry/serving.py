"""The processes that stay: everything in one, the web alone, the worker alone.

`up` serves with waitress in this process, beside the scheduler's threads. `web` hands this process to gunicorn, whose
workers build the application anew from the same settings. `worker` waits for a signal. All end within `END_S` seconds
of SIGTERM or SIGINT: a harvest that does not stop by then is marked as interrupted and goes on at the next start.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import structlog
import waitress

from registry.errors import ListenError
from registry.scheduler import Scheduler
from registry.services import Services
from registry.settings import Settings
from registry.web import create_app

THREADS = 8
END_S = 3.0
GUNICORN_SETTINGS = Path("config/gunicorn.conf.py")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LOG = structlog.get_logger(__name__)


def serve_everything(services: Services, host: str, port: int, ready: Callable[[], object]) -> None:
    """Web, scheduler and followers in this process, until SIGINT or SIGTERM.

    Args:
        services: of this registry.
        host: to listen on.
        port: to listen on.
        ready: called when the address is ours.

    Raises:
        ListenError: it cannot be listened on.
    """
    application = create_app(services)
    try:
        server = waitress.create_server(application, host=host, port=port, threads=THREADS, ident=None)
    except (OSError, ValueError) as error:
        raise _listen_error(host, port, error) from None
    scheduler = Scheduler(services)
    _end_on_signals(scheduler)
    try:
        ready()
        scheduler.start()
        server.run()  # ends with the SystemExit of the signal, after the requests that are being answered
    except SystemExit:
        pass  # the signal came before the server ran
    finally:
        _end(scheduler)


def serve_web(settings: Settings, config: Path | None, host: str, port: int, processes: int) -> None:
    """Become gunicorn with that many worker processes. Does not return.

    Raises:
        ListenError: the address cannot be listened on; gunicorn would try for seconds and say it in many lines.
    """
    _require_free(host, port)
    environment = dict(os.environ) | {"MODREG_LOG_LEVEL": settings.log_level}
    if config is not None:
        environment["MODREG_CONFIG"] = str(config)
    arguments = [sys.executable, "-m", "gunicorn", "registry.web.wsgi:application()"]
    if GUNICORN_SETTINGS.exists():
        arguments += ["--config", str(GUNICORN_SETTINGS)]
    arguments += ["--bind", f"{host}:{port}", "--workers", str(processes), "--log-level", settings.log_level.lower()]
    os.execve(sys.executable, arguments, environment)  # noqa: S606  # our own interpreter, no shell


def serve_worker(services: Services) -> None:
    """Scheduler and followers in this process, until SIGINT or SIGTERM."""
    scheduler = Scheduler(services)
    _end_on_signals(scheduler)
    try:
        scheduler.start()
        while True:
            signal.pause()
    except SystemExit:
        pass
    finally:
        _end(scheduler)


def _end_on_signals(scheduler: Scheduler) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)  # it is ending already
        scheduler.end()
        raise SystemExit(0)

    for each in _SIGNALS:
        signal.signal(each, end)


def _end(scheduler: Scheduler) -> None:
    left = scheduler.stop(END_S)
    if left:
        _LOG.warning("harvests did not stop in time and were marked as interrupted", sources=left)
        logging.shutdown()
        # Their threads wait for a server's answer; the interpreter would wait for them.
        os._exit(0)


def _require_free(host: str, port: int) -> None:
    try:
        for family, kind, protocol, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
    except OSError as error:
        raise _listen_error(host, port, error) from None


def _listen_error(host: str, port: int, error: Exception) -> ListenError:
    reason = getattr(error, "strerror", None) or str(error)
    return ListenError(f"{host}:{port} cannot be listened on ({reason}); choose another with --host and --port")
