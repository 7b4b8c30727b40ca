"""Proof for somebody outside: a sealed bundle with central's receipt, and the audit chain without its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.exports.personal import WAYS
from fieldkit.workspace.new_file import NewFile
from fieldkit.workspace.receipts import Wanted

OUT = click.Path(path_type=Path)


@click.command()
@device_verb
@json_flag
@click.argument("signature")
@click.option("--out", type=OUT, required=True, help="A new file for the bundle; central's receipt goes beside it.")
@click.option("--reason", required=True, help="Why it leaves the device; kept in the audit.")
def evidence(
    home: Path | None, passphrase_file: Path | None, as_json: bool, signature: str, out: Path, reason: str
) -> None:
    """A sealed bundle and central's receipt for it, to be checked with packaging/verify_evidence.py."""
    beside = out.with_name(out.name + ".receipt")
    with opened(home, passphrase_file) as workspace, NewFile(out) as file:
        bundle, receipt = workspace.evidence_files(signature, reason)
        file.write(bundle)
        if receipt:
            with NewFile(beside) as other:
                other.write(receipt)
    told = {"signature": signature, "bundle": str(out), "receipt": str(beside) if receipt else ""}
    tell(told, as_json, lambda: [f"{out}", f"{beside}" if receipt else "Central has not answered for it yet."])
    click.echo("Delete it when it has served its reason.", err=True)


@click.command()
@device_verb
@json_flag
@click.option("--export", "out", type=OUT, help="Write the whole chain into a new file: ids and salted hashes only.")
def audit(home: Path | None, passphrase_file: Path | None, as_json: bool, out: Path | None) -> None:
    """What was done on this device, each entry chained to the one before; and what does not hold of it."""
    with opened(home, passphrase_file) as workspace:
        lines = list(workspace.audit_lines())
        faults = [each for each in workspace.evidence_findings() if each.what == "audit chain"]
        anchors = [{"number": each.number, "at": each.at} for each in workspace.store.audit.anchors()]
    if out is not None:
        with NewFile(out) as file:
            file.write("".join(json.dumps(each) + "\n" for each in lines).encode())
    told = {"entries": len(lines), "countersigned": anchors[-1:], "faults": faults}
    last = f"countersigned by central up to entry {anchors[-1]['number']}" if anchors else "not countersigned yet"
    head = f"{len(lines)} entries, {last}"
    if out is None:
        told["chain"] = lines
    shown = [f"{each['number']:>6}  {each['at']}  {each['what']}  {each.get('about', '…')}" for each in lines[-20:]]
    tell(told, as_json, lambda: [head, *(f"{each.what}: {each.where}" for each in faults), *shown])


@click.command()
@device_verb
@json_flag
@click.argument("record")
@click.option("--person", required=True, help="Whose copy: their record's id.")
@click.option("--out", type=OUT, required=True, help="A new file, readable by you alone.")
@click.option(
    "--as", "way", default="html", show_default=True, type=click.Choice(WAYS), help="To read, or for machines."
)
@click.option("--large-print", is_flag=True, help="Letters of 20 points.")
@click.option(
    "--safe",
    type=click.Choice(("yes", "no")),
    prompt="Is it safe for them that this is left or sent?",
    help="The answer is kept; with no, no file is made.",
)
def receipt(home: Path | None, passphrase_file: Path | None, as_json: bool, out: Path, safe: str, **asked: Any) -> None:
    """One person's own copy of what they agreed to: their own lines only, and only when it is safe to leave or send."""
    wanted = Wanted(asked["record"], asked["person"], asked["way"], asked["large_print"])
    with opened(home, passphrase_file) as workspace:
        made = workspace.leave_copy(wanted, out if safe == "yes" else None)
    told = {"asked": made.asked, "left": made.left, "file": str(out) if made.left else ""}
    words = f"{out}: hand it over, then delete it." if made.left else "Nothing was made, and nothing is left or sent."
    tell(told, as_json, lambda: [words])


COMMANDS = (evidence, audit, receipt)
