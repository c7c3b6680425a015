"""The group of all commands, and the one place where an error becomes a line and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from registry import __version__
from registry.cli.context import CommandContext
from registry.cli.harvest_commands import harvest_command
from registry.cli.module_commands import export_command, findings_command, modules_group
from registry.cli.output import Exit
from registry.cli.run_commands import runs_group
from registry.cli.serve_commands import up_command, web_command, worker_command
from registry.cli.source_commands import sources_group
from registry.cli.source_edit_commands import add_command, change_command, credential_command, kinds_command
from registry.cli.store_commands import backup_command, check_command, init_command, rebuild_command, restore_command
from registry.cli.token_commands import tokens_group
from registry.errors import RegistryError, SettingsError, SourceError
from registry.logs import configure_logs
from registry.search.engine import SearchUnavailableError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="modreg")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file [config/registry.toml].")
@click.pass_context
def modreg(context: click.Context, config: Path | None) -> None:
    """Module Registry: harvests metadata of machine-learning modules, keeps it, publishes it."""
    context.obj = CommandContext(config)


for _command in (
    init_command,
    sources_group,
    harvest_command,
    runs_group,
    export_command,
    findings_command,
    modules_group,
    rebuild_command,
    check_command,
    backup_command,
    restore_command,
    tokens_group,
    up_command,
    web_command,
    worker_command,
):
    modreg.add_command(_command)


for _command in (add_command, change_command, credential_command, kinds_command):
    sources_group.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code; an error is one line on standard error."""
    configure_logs()
    try:
        code = modreg.main(args=arguments, prog_name="modreg", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("modreg: stopped", err=True)
        sys.exit(Exit.FAILED)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except (SettingsError, SourceError) as wrong:
        click.echo(f"modreg: {wrong}", err=True)
        sys.exit(Exit.WRONG_USE)
    except (RegistryError, SearchUnavailableError) as failed:
        click.echo(f"modreg: {failed}", err=True)
        sys.exit(Exit.FAILED)
    except BrokenPipeError:
        # The reader of our output went away (`modreg export | head`): nothing is wrong.
        sys.stderr.close()
        sys.exit(Exit.DONE)
    sys.exit(code if isinstance(code, int) else Exit.DONE)
