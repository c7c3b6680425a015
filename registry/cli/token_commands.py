"""`modreg tokens …`: tokens by which programs use the writing part of the API."""

from __future__ import annotations

from datetime import timedelta

import click

from registry.accounts import FIRST_NAME
from registry.cli.context import CommandContext, pass_command
from registry.cli.output import json_option, print_json, print_table
from registry.tokens import list_tokens, make_token, revoke_token


@click.group("tokens")
def tokens_group() -> None:
    """Tokens by which programs administer over the API."""


@tokens_group.command("create")
@click.argument("name")
@click.option("--account", default=FIRST_NAME, show_default=True, help="Whose rights it has.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="How long it is good.")
@json_option
@pass_command
def create_command(command: CommandContext, name: str, account: str, days: int, as_json: bool) -> None:
    """Make a token for the program NAME; it is printed once and can never be read again."""
    services = command.services()
    made = make_token(services.database, account, name, services.clock.now(), timedelta(days=days))
    if as_json:
        print_json({"token": made, "name": name, "account": account})
        return
    click.echo(made)


@tokens_group.command("list")
@json_option
@pass_command
def list_command(command: CommandContext, as_json: bool) -> None:
    """List the tokens that were made; what they are cannot be shown."""
    rows = [each.as_json() for each in list_tokens(command.services().database)]
    if as_json:
        print_json(rows)
        return
    print_table(("id", "name", "account", "created", "expires", "revoked"), rows, "no tokens yet")


@tokens_group.command("revoke")
@click.argument("number", type=int)
@pass_command
def revoke_command(command: CommandContext, number: int) -> None:
    """End a token at once."""
    services = command.services()
    revoke_token(services.database, number, services.clock.now())
    click.echo(f"token {number}: revoked")
