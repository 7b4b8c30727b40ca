"""A team lead's verbs, and everybody's about offers and notices."""

from __future__ import annotations

from pathlib import Path

import click

from fieldkit.commands.edge import device_verb, json_flag, opened, tell
from fieldkit.errors import Refused
from fieldkit.workspace.leading import ANSWERS, CHECK_WORDS, BaseDay, CheckRow, NoticeRow, OfferRow
from sync.merge.handovers import TRANSFER


@click.command("base-day")
@device_verb
@json_flag
def base_day(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """For a lead: who has not synced, what waits in the team's families and how old it is."""
    with opened(home, passphrase_file) as workspace:
        day = workspace.base_day()
        tell(day, as_json, lambda: _day_lines(day))


def _day_lines(day: BaseDay) -> list[str]:
    on_duty = ", ".join(day.duty) or "nobody is named"
    told = f"{day.told_at:%d %b %H:%M}" if day.told_at else "not yet: sync"
    lines = [f"Duty now: {on_duty}.  Deputies: {', '.join(day.deputies) or 'nobody is named'}.  Team as of {told}."]
    lines += [
        f"! no one has read: concern about {each.about}, raised {each.raised_at:%d %b %H:%M}" for each in day.unread
    ]
    for row in day.team:
        last = f"{row.last_sync:%d %b %H:%M}" if row.last_sync else "never"
        counts = f"{row.waiting} waiting, {row.conflicts} conflicts, {row.unsigned} unsigned, {row.overdue} overdue"
        lines.append(f"{'!' if row.alarm else ' '} {row.name}: last sync {last}, {counts}, {row.families} families")
    for klass, ages in day.conflicts.items():
        lines.append(f"conflicts of class {klass}: " + ", ".join(f"{age} {count}" for age, count in ages.items()))
    return [*lines, *map(_offer_line, day.offers), *map(_notice_line, day.notices), *map(_check_line, day.checks)]


@click.command()
@device_verb
@click.argument("family")
@click.option("--to", required=True, help="The colleague: name or id.")
@click.option("--until", default="", help="A day: until then you keep it too. With --cover: how long it lasts.")
@click.option("--cover", "way", flag_value="cover", help="For a time only.")
@click.option("--from", "giver", default="", help="For a lead: whose family it is, when not your own.")
def offer(home: Path | None, passphrase_file: Path | None, family: str, **told: str | None) -> None:
    """Offer a family to a colleague: it is theirs when they accept, and not before."""
    with opened(home, passphrase_file) as workspace:
        way, until, giver = (told["way"] or TRANSFER, told["until"] or "", told["giver"] or "")
        click.echo(f"ACK {workspace.hand_on(family, told['to'] or '', until=until, way=way, giver=giver)}")


@click.command()
@device_verb
@click.argument("absent")
@click.option("--to", required=True, help="Who covers: name or id; yourself takes it at once.")
@click.option("--until", required=True, help="The last day of it.")
def cover(home: Path | None, passphrase_file: Path | None, absent: str, to: str, until: str) -> None:
    """For a lead: offer all families of an absent worker to a colleague until a day."""
    with opened(home, passphrase_file) as workspace:
        for made in workspace.cover(absent, to, until):
            click.echo(f"ACK {made}")


@click.command()
@device_verb
@json_flag
def offers(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Families that were offered to you or by you, the open ones first."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.offers()
        tell(rows, as_json, lambda: [_offer_line(row) for row in rows] or ["no offers"])


def _offer_line(row: OfferRow) -> str:
    family = row.family_name or "a family whose name you learn when it is yours"
    until = f" until {row.until}" if row.until else ""
    return f"{row.id}  {row.way}{until}: {family}, from {row.giver} to {', '.join(row.to)}  {row.status}"


@click.command("answer-offer")
@device_verb
@click.argument("offer_id", metavar="OFFER")
@click.argument("word", type=click.Choice(sorted(ANSWERS)))
@click.option("--reason", default="", help="Needed to decline.")
def answer_offer(home: Path | None, passphrase_file: Path | None, offer_id: str, word: str, reason: str) -> None:
    """Accept or decline an offer, or take your own back. Central says with the next sync whether it stands."""
    with opened(home, passphrase_file) as workspace:
        workspace.answer_offer(offer_id, word, reason)
        click.echo(f"ACK {offer_id}")


@click.command()
@device_verb
@json_flag
def notices(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """What central told you because it waits for a person."""
    with opened(home, passphrase_file) as workspace:
        rows = workspace.notices()
        tell(rows, as_json, lambda: [_notice_line(row) for row in rows] or ["no notices"])


def _notice_line(row: NoticeRow) -> str:
    due = f", due {row.due:%d %b %H:%M}" if row.due else ""
    of = f", {row.family_name}" if row.family_name else ""
    return f"{row.id}  {'read' if row.acknowledged else 'NOT READ'}  {row.what}{of}, since {row.since:%d %b %H:%M}{due}"


@click.command("note-notice")
@device_verb
@click.argument("notice")
@click.option("--words", default="", help="What you do about it.")
def note_notice(home: Path | None, passphrase_file: Path | None, notice: str, words: str) -> None:
    """Say by name that you have read a notice."""
    with opened(home, passphrase_file) as workspace:
        workspace.note_notice(notice, words)
        click.echo(f"ACK {notice}")


@click.command()
@device_verb
@json_flag
def checks(home: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """For a lead: this month's sample of assessments to look at; chosen by a hash, so that nobody picks."""
    with opened(home, passphrase_file) as workspace:
        rows = list(workspace.checks())
        tell(rows, as_json, lambda: [_check_line(row) for row in rows] or ["no assessments were filed last month"])


def _check_line(row: CheckRow) -> str:
    done = f"looked at by {row.checked_by}" if row.checked_by else "to be looked at"
    thin = f"  still thin: {', '.join(row.thin)}" if row.thin else ""
    return f"{row.record}  {row.family_name}, by {row.author}, {row.on:%d %b}: {done}{thin}"


@click.command()
@device_verb
@click.argument("record")
@click.option(
    "--say", "said", multiple=True, metavar="LINE=yes|partly|no", help="A line of the checklist; as often as you like."
)
@click.option("--words", default="", help="What its author should read.")
def check(home: Path | None, passphrase_file: Path | None, record: str, said: tuple[str, ...], words: str) -> None:
    """For a lead: keep the checklist of an assessment beside it, for its author to read."""
    answers = dict(each.partition("=")[::2] for each in said)
    if set(answers.values()) - set(CHECK_WORDS):
        raise Refused(f"A line says {', '.join(CHECK_WORDS)}.", "Write --say childs-voice=partly.")
    with opened(home, passphrase_file) as workspace:
        click.echo(f"ACK {workspace.check_quality(record, answers, words)}")


COMMANDS = (base_day, offer, cover, offers, answer_offer, notices, note_notice, checks, check)
