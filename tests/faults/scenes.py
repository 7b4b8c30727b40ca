"""What is run for each verb of the command line. The verbs come from the parser: one that has no scene fails a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import click

from fieldkit.commands.line import fieldkit
from tests.faults.bases import WHY, Base

Words = Callable[[Base], list[str]]
Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """How a verb is called on the base device."""

    words: Words
    touches: frozenset[str] = frozenset()
    """Names of what the verb may change or end (of `Base.ids`)."""
    begins: str = "whole"
    """The device it is run on: `whole`, `empty` (no folder yet) or `fresh` (made, not enrolled)."""
    refused: bool = False
    """Whether it is refused in any case here, after it has looked."""
    line: bool = False
    """Whether it speaks with central: every run goes on with the folder that the one before left."""


def said(*words: str) -> Words:
    """The same words for every device."""
    return lambda _base: list(words)


def about(verb: str, name: str, *words: str) -> Words:
    """A verb about one thing of the base."""
    return lambda base: [verb, base.ids[name], *words]


SCENES: Mapping[Name, Scene] = {
    ("init",): Scene(said("init"), begins="empty"),
    ("enrol",): Scene(
        lambda base: ["enrol", base.central.url, base.central.code("Femi Cole")], begins="fresh", line=True
    ),
    ("status",): Scene(said("status")),
    ("sync",): Scene(said("sync"), line=True),
    ("passphrase",): Scene(lambda base: ["passphrase", "--new-passphrase-file", base.file("new-secret")]),
    ("verify",): Scene(said("verify")),
    ("dump",): Scene(said("dump", "--canonical", *WHY)),
    ("doctor",): Scene(said("doctor")),
    ("sign-in",): Scene(said("sign-in", "--no-browser"), line=True, refused=True),
    ("sign-out",): Scene(said("sign-out"), line=True),
    ("find",): Scene(said("find", "okafor")),
    ("list",): Scene(said("list", "visit")),
    ("show",): Scene(about("show", "visit")),
    ("quality",): Scene(about("quality", "visit")),
    ("capture",): Scene(
        lambda base: ["capture", "visit", "--answers", base.file("visit.json"), "--family-name", "Cole"]
    ),
    ("edit",): Scene(about("edit", "family", "--set", "postcode=WY9 9ZZ"), frozenset({"family"})),
    ("sign",): Scene(about("sign", "agreement", "--giver", "Ngozi", "--statement", "I agree.")),
    ("drafts",): Scene(said("drafts")),
    ("first-day",): Scene(said("first-day")),
    ("upgrade",): Scene(about("upgrade", "draft", "--yes"), frozenset({"draft"})),
    ("conflicts",): Scene(said("conflicts")),
    ("resolve",): Scene(about("resolve", "conflict", "--take", "mine", *WHY), frozenset({"conflict", "family"})),
    ("export",): Scene(
        lambda base: ["export", base.ids["visit"], "--as", "json", *WHY, "--out", base.file("exported.json")]
    ),
    ("import-odk",): Scene(
        lambda base: ["import-odk", "agreement", base.file("submission.xml"), "--family", base.ids["family"]]
    ),
    ("lock",): Scene(said("lock")),
    ("people", "list"): Scene(said("people", "list")),
    ("people", "add"): Scene(
        lambda base: [
            "people",
            "add",
            "BB",
            "--as",
            "worker",
            "--register-only",
            "--new-passphrase-file",
            base.file("new-secret"),
        ]
    ),
    ("people", "remove"): Scene(said("people", "remove", "nobody"), refused=True),
    ("recover",): Scene(lambda base: ["recover", "--request", base.file("asked")], refused=True),
    ("audit",): Scene(lambda base: ["audit", "--export", base.file("chain")]),
    ("evidence",): Scene(
        lambda base: ["evidence", base.ids["agreement"], "--out", base.file("bundle"), *WHY], refused=True
    ),
    ("receipt",): Scene(
        lambda base: [
            "receipt",
            base.ids["agreement"],
            "--person",
            "nobody",
            "--safe",
            "yes",
            "--out",
            base.file("own"),
        ],
        refused=True,
    ),
    ("exports",): Scene(said("exports")),
    ("share",): Scene(about("share", "visit", "--with", "Willow School", *WHY), refused=True),
    ("shares",): Scene(about("shares", "family")),
    ("release",): Scene(lambda base: ["release", "nothing", "--out", base.file("gone")], line=True, refused=True),
    ("withdraw",): Scene(about("withdraw", "family", "--giver", "Ngozi", "--agency", "@all")),
    ("restore-drafts",): Scene(
        lambda base: ["restore-drafts", "--old-passphrase-file", base.file("new-secret")], line=True, refused=True
    ),
    ("team-drafts",): Scene(said("team-drafts")),
    ("plan-session",): Scene(said("plan-session", "nothing", "--name", "Play", "--on", "2026-12-04"), refused=True),
    ("sessions",): Scene(said("sessions")),
    ("attend",): Scene(about("attend", "visit", "nobody"), refused=True),
    ("expected",): Scene(about("expected", "visit"), refused=True),
    ("book",): Scene(about("book", "visit", "nobody"), refused=True),
    ("walk-ins",): Scene(said("walk-ins")),
    ("finish-walk-in",): Scene(about("finish-walk-in", "visit"), refused=True),
    ("in-now",): Scene(about("in-now", "visit"), refused=True),
    ("reach",): Scene(said("reach", "nothing", "--from", "2026-09-01", "--to", "2026-12-01"), refused=True),
    ("headcount",): Scene(said("headcount", "nothing", "--adults", "1", "--children", "2"), refused=True),
    ("brief",): Scene(about("brief", "family")),
    ("today",): Scene(said("today")),
    ("family",): Scene(about("family", "family")),
    ("set-aside",): Scene(said("set-aside")),
    ("history",): Scene(about("history", "family")),
    ("put-back",): Scene(about("put-back", "family", "nothing"), refused=True),
    ("add-person",): Scene(about("add-person", "family", "--given", "Zosia", "--relation", "child")),
    ("relate",): Scene(said("relate", "nothing", "parent", "nobody"), refused=True),
    ("born",): Scene(about("born", "family", "--dob", "2026-11-21"), refused=True),
    ("plan",): Scene(about("plan", "family")),
    ("move-action",): Scene(about("move-action", "family", "nothing", "--to", "done"), refused=True),
    ("who-knows",): Scene(about("who-knows", "family")),
    ("is-open",): Scene(about("is-open", "family")),
    ("base-day",): Scene(said("base-day"), refused=True),
    ("offer",): Scene(about("offer", "family", "--to", "Nobody"), refused=True),
    ("cover",): Scene(said("cover", "Nobody", "--to", "Nobody", "--until", "2026-12-24"), refused=True),
    ("offers",): Scene(said("offers")),
    ("answer-offer",): Scene(about("answer-offer", "visit", "accept"), refused=True),
    ("notices",): Scene(said("notices")),
    ("note-notice",): Scene(about("note-notice", "visit"), refused=True),
    ("checks",): Scene(said("checks")),
    ("check",): Scene(about("check", "visit", "--say", "plan-for-need=no"), refused=True),
    ("plan-visit",): Scene(about("plan-visit", "family", "--on", "2999-01-01"), frozenset({"family"})),
    ("family-copy",): Scene(
        lambda base: ["family-copy", base.ids["family"], *WHY, "--out", base.file("copy.html")], refused=True
    ),
    ("invite",): Scene(
        lambda base: [
            *("invite", base.ids["family"], "--agency", "Mill School", "--on", "2026-12-08T15:00"),
            *(*WHY, "--out", base.file("taf.ics")),
        ],
        refused=True,
    ),
    ("courier", "pack"): Scene(lambda base: ["courier", "pack", base.file("courier")]),
    ("courier", "take"): Scene(lambda base: ["courier", "take", base.file("answered")], line=True),
    ("courier", "carry"): Scene(
        lambda base: ["courier", "carry", base.file("packed"), "--out", base.file("carried")], line=True
    ),
}

ELSEWHERE: Mapping[Name, str] = {
    ("keys",): "asks the app for its keys; touches no device",
    ("completion",): "writes a text for a shell; touches no device",
    ("man",): "writes a text for `man`; touches no device",
    ("config", "path"): "names the file of settings; touches no device",
    ("config", "show"): "reads the file of settings; touches no device",
    ("config", "theme"): "writes the file of settings, beside it first; touches no device",
    ("demo",): "starts central and laptops as processes of their own; the verbs it runs are walked one by one",
    ("council-key", "make"): "writes the council's own file on a machine that is no device",
    ("council-key", "open"): "reads the council's own file on a machine that is no device",
    ("unseal",): "opens a sealed document; touches no device",
    ("forms", "check"): "reads a form author's file; touches no device",
    ("forms", "publish"): "writes a form author's file; touches no device",
    ("forms", "export"): "writes a form author's file; touches no device",
}
"""Verbs without a scene, each with its reason."""


def verbs(group: click.Group = fieldkit, before: Name = ()) -> Iterator[Name]:
    """Every verb there is, as the parser knows it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, (*before, name))
        else:
            yield (*before, name)
