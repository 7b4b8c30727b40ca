"""Which form asks what another form of the family has been told: said once, then only asked whether it still stands.

A table, no code for any form. Beside it every form carries its own answers of last time, place for place. What is
asked anew each time (how an action stands, who came) is left out on purpose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

THE_CHOICE = "."
"""In a row made for each choice of an answer: that choice itself."""
FINISHED = frozenset({"done", "stopped"})


@dataclass(frozen=True, slots=True)
class RowsFrom:
    """Rows that a form begins with: one for each row, or each choice, that another form has been told."""

    repeat: str
    form: str
    """Whose answers they are."""
    source: str
    """A repeat of that form, or an answer with several choices."""
    places: Mapping[str, str]
    """By place in the new row: the place in the old row; from `/` on anywhere in the form, with `{choice}` in it."""
    status: str = ""
    """Where the old row says how it stands: what is finished is not carried."""
    told: str = ""
    """A place that the old row must have an answer at."""
    without: frozenset[str] = frozenset()
    """Choices that get no row."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a filed form says: its kind, its record's id, its answers."""

    form: str
    record: str
    state: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from, or the choice that a row stands for."""

    path: str
    choice: str = field(default="", repr=False)


PLACES: Mapping[str, Mapping[tuple[str, str], str]] = {
    "plan": {
        ("a/about/assessed_on", "eha"): "a/front/started",
        ("a/about/why", "eha"): "a/why/in_their_words",
        ("a/about/hopes", "eha"): "f/hopes/family_hopes",
        ("a/lead/lead_name", "eha"): "e/lead/lead_name",
        ("a/lead/lead_asked", "eha"): "e/lead/lead_asked",
        ("c/harder/contingency", "eha"): "o/review/contingency",
        ("c/harder/network", "eha"): "m/m_all/network_how",
        ("c/next/team_on", "eha"): "o/review/taf_on",
    },
    "review": {("a/meeting/last_on", "review"): "a/meeting/held_on"},
}
"""By form: a place and whose answer it takes, and the place there."""
_MEMBER = tuple(f"member_page/{name}" for name in ("member", "side", "part", "member_reach", "permission"))
_NEED = tuple(f"need_page/{name}" for name in ("need", "what", "whose", "now_score", "want_score", "why_score", "when"))
_ACTION = tuple(f"action/{name}" for name in ("goal", "answers", "act", "owner", "by_when", "tells"))
_PERSON = tuple(f"person/{name}" for name in ("name", "agency", "permission"))
_DOING = tuple(f"action/{name}" for name in ("what", "need", "owner"))
ROWS: Mapping[str, tuple[RowsFrom, ...]] = {
    "plan": (
        RowsFrom("a/team", "plan", "a/team", {each: each for each in _MEMBER}),
        RowsFrom("a/team", "eha", "c/adults", {"member_page/member": "id/adult_name"}),
        RowsFrom(
            "a/team",
            "eha",
            "e/agencies",
            {
                "member_page/member": "help/worker",
                "member_page/part": "help/agency_name",
                "member_page/member_reach": "help/worker_contact",
                "member_page/permission": "share/permission",
            },
        ),
        RowsFrom("b/needs", "plan", "b/needs", {each: each for each in (*_NEED, "need_page/not_now")}),
        RowsFrom(
            "b/needs",
            "eha",
            "k/ticks/needs",
            {
                "need_page/need": THE_CHOICE,
                "need_page/whose": "/k/ticks/needs_who",
                "need_page/not_now": "/k/notnow/no_{choice}",
            },
            without=frozenset({"none"}),
        ),
        RowsFrom("b/actions", "plan", "b/actions", {each: each for each in _ACTION}, status="action/status"),
        RowsFrom(
            "b/actions",
            "eha",
            "o/actions",
            {each: each for each in _ACTION}
            | {"action/answers": "action/answers_need", "action/tells": "action/how_know"},
            status="action/status",
        ),
    ),
    "review": (
        RowsFrom("a/people", "review", "a/people", {each: each for each in _PERSON}),
        RowsFrom("a/people", "plan", "a/team", dict(zip(_PERSON, (_MEMBER[0], _MEMBER[2], _MEMBER[4]), strict=True))),
        RowsFrom("b/actions", "review", "b/actions", {each: each for each in _DOING}, status="action/status"),
        RowsFrom(
            "b/actions",
            "plan",
            "b/actions",
            {"action/what": "action/act", "action/need": "action/answers", "action/owner": "action/owner"},
            status="action/status",
        ),
        RowsFrom(
            "b/scores",
            "review",
            "b/scores",
            {"score/about": "score/about", "score/whose": "score/whose", "score/before": "score/now"},
            told="score/now",
        ),
        RowsFrom(
            "b/scores",
            "plan",
            "b/needs",
            {"score/about": "need_page/need", "score/before": "need_page/now_score"},
            told="need_page/now_score",
        ),
    ),
}
"""By form: the rows it begins with. Of several filed forms the latest that tells of any counts."""


def sources(form: str) -> frozenset[str]:
    """The kinds of record that a form takes answers from."""
    told = {other for _, other in PLACES.get(form, {})} | {rows.form for rows in ROWS.get(form, ())}
    return frozenset(told | {form})


def source_of(form: str, path: str, told: Told) -> Source | None:
    """Where a filed form tells what is asked at `path` of `form`; None when it asks nothing alike."""
    named = PLACES.get(form, {}).get((path, told.form))
    if named is not None:
        return Source(named)
    for rows in ROWS.get(form, ()):
        if rows.form == told.form and path.startswith(f"{rows.repeat}/"):
            row, _, place = path.removeprefix(f"{rows.repeat}/").partition("/")
            at = rows.places.get(place)
            found = _in_row(rows, row, at, told) if at is not None else None
            if found is not None:
                return found
    return Source(path) if told.form == form and not _is_row_of(form, path) else None


def rows_from(form: str, repeat: str, told: Told) -> list[str] | None:
    """The ids of the rows that a filed form gives to a repeat; None when it has nothing to say of them."""
    rules = [rows for rows in ROWS.get(form, ()) if rows.repeat == repeat and rows.form == told.form]
    there = [(rows, row) for rows in rules for row in _rows(rows, told)]
    return [row for rows, row in there if _goes_on(rows, row, told)] if there else None


def repeats_of(form: str) -> tuple[str, ...]:
    """The repeats that a form may begin with rows in."""
    return tuple(dict.fromkeys(rows.repeat for rows in ROWS.get(form, ())))


def _in_row(rows: RowsFrom, row: str, at: str, told: Told) -> Source | None:
    choice = next((each for each in _choices(rows, told) if _row_of(rows, each, told) == row), "")
    if not choice:
        there = f"{rows.source}/{row}/{at}"
        return Source(there) if there in told.state else None
    if at == THE_CHOICE:
        return Source(rows.source, choice)
    return Source(at.removeprefix("/").replace("{choice}", choice))


def _rows(rows: RowsFrom, told: Told) -> Iterator[str]:
    """The rows of a repeat in their order, or one for each choice."""
    start, end = f"{rows.source}/", "/@order"
    placed = [(str(order), path) for path, order in told.state.items() if path.startswith(start) and path.endswith(end)]
    ids = (path.removeprefix(start).removesuffix(end) for _, path in sorted(placed))
    yield from (row for row in ids if "/" not in row)
    yield from (_row_of(rows, choice, told) for choice in _choices(rows, told))


def _choices(rows: RowsFrom, told: Told) -> list[str]:
    said = told.state.get(rows.source)
    return [str(each) for each in said if each not in rows.without] if isinstance(said, list) else []


def _row_of(rows: RowsFrom, choice: str, told: Told) -> str:
    """The id of the row for a choice: always the same one, so that its answers find their way back."""
    return "0" + hashlib.sha256(f"{told.record}/{rows.source}/{choice}".encode()).hexdigest()[:31]


def _goes_on(rows: RowsFrom, row: str, told: Told) -> bool:
    start = f"{rows.source}/{row}/"
    return told.state.get(start + rows.status) not in FINISHED and (not rows.told or start + rows.told in told.state)


def _is_row_of(form: str, path: str) -> bool:
    return any(path.startswith(f"{repeat}/") for repeat in repeats_of(form))
