"""What central says of its own routes."""

import json

import click

from sync.server.verbs.core import central


@central.command("openapi")
@click.option("--json", "_as_json", is_flag=True, help="It is JSON in any case.")
def openapi(_as_json: bool) -> None:
    """Print what the routes take and answer, as OpenAPI."""
    from sync.server.openapi import description

    click.echo(json.dumps(description(), indent=2))
