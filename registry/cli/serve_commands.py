"""`modreg up`, `web`, `worker`: the processes that stay."""

from __future__ import annotations

import click

from registry.cli.context import CommandContext, pass_command
from registry.logs import configure_logs

_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)


@click.command("up")
@_host
@_port
@pass_command
def up_command(command: CommandContext, host: str, port: int) -> None:
    """Run web, scheduler and followers in one process, until interrupted."""
    from registry.serving import serve_everything  # noqa: PLC0415  # the web is loaded by those who serve it

    configure_logs(command.settings.log_level)
    name = command.settings.repository_name

    def ready() -> None:
        click.echo(f"{name} at http://{host}:{port} (Ctrl-C ends it)", err=True)

    serve_everything(command.services(), host, port, ready)


@click.command("web")
@_host
@_port
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="Worker processes.")
@pass_command
def web_command(command: CommandContext, host: str, port: int, processes: int) -> None:
    """Run the web alone, with gunicorn; many nodes may do so over one database."""
    from registry.serving import serve_web  # noqa: PLC0415  # as above

    command.services().close()  # whether it can be used at all is better said here, once
    serve_web(command.settings, command.config, host, port, processes)


@click.command("worker")
@pass_command
def worker_command(command: CommandContext) -> None:
    """Run scheduler and followers alone; several workers share the sources by leases."""
    from registry.serving import serve_worker  # noqa: PLC0415  # as above

    configure_logs(command.settings.log_level)
    serve_worker(command.services())
