"""Signing in at the council's provider, and out again."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, opened, read_secret, shown
from fieldkit.commands.restoring import offer
from fieldkit.workspace.signing_in import Newcomer
from sync.client.signin import Hands


@click.command("sign-in")
@device_verb
@click.option("--device-code", is_flag=True, help="Without a browser here: type a short code into one elsewhere.")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--enrol", "url", help="Make this device known to the central at this address by the sign-in.")
@click.option("--code-file", type=click.Path(path_type=Path), help="With --enrol: the one-time code, in a file.")
@click.option("--label", default="laptop", help="With --enrol: what the device is called at central.")
def sign_in(
    home: Path | None,
    passphrase_file: Path | None,
    device_code: bool,
    no_browser: bool,
    **enrolling: str | Path | None,
) -> None:
    """Begin the day with central. Work goes on without it; what is new comes only with it."""
    url, code_file = enrolling["url"], enrolling["code_file"]
    hands = Hands(lambda address: _open(address, no_browser), _show_code)
    with opened(home, passphrase_file) as workspace:
        if url:
            code = read_secret(Path(code_file)).strip() if code_file else ""
            workspace.enrol_signed_in(Newcomer(str(url), code, str(enrolling["label"]), device_code), hands)
            click.echo(f"Enrolled and signed in for {shown(workspace.me.worker)}.", err=True)
            offer(workspace)
        else:
            until = workspace.sign_in(hands, device_code=device_code)
            click.echo(f"Signed in until {until.astimezone():%H:%M}.", err=True)


@click.command("sign-out")
@device_verb
def sign_out(home: Path | None, passphrase_file: Path | None) -> None:
    """End the day with central. Everything here stays, and can be worked on."""
    with opened(home, passphrase_file) as workspace:
        told = workspace.sign_out()
    click.echo(
        "Signed out." if told else "Signed out here. Central could not be told; the session ends today.", err=True
    )


def _open(address: str, only_print: bool) -> None:
    click.echo(f"Open this address in your browser to sign in:\n{shown(address)}", err=True)
    if not only_print:
        webbrowser.open(address)


def _show_code(address: str, code: str) -> None:
    click.echo(f"Open {shown(address)} in any browser and type {shown(code)}", err=True)


COMMANDS = (sign_in, sign_out)
