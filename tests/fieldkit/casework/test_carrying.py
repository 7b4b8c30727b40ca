"""Every place of the carrying table is asked by the forms that come with fieldkit, and rows find their way back."""

from __future__ import annotations

from fieldkit.casework.carrying import PLACES, ROWS, THE_CHOICE, Source, Told, repeats_of, rows_from, source_of, sources
from forms.library import shipped

POLICIES = {name: form.policies for name, form in shipped().items()}
A, B = "1" * 32, "2" * 32


def asked(form: str, place: str, choice: str = "money") -> bool:
    return place.removeprefix("/").replace("{choice}", choice) in POLICIES[form]


def test_every_place_of_the_table_is_asked_by_its_form() -> None:
    missing = [(form, place) for form, told in PLACES.items() for place, _ in told if not asked(form, place)]
    missing += [
        (other, there) for told in PLACES.values() for (_, other), there in told.items() if not asked(other, there)
    ]
    for form, rules in ROWS.items():
        for rows in rules:
            missing += [(form, place) for place in rows.places if not asked(form, f"{rows.repeat}/*/{place}")]
            there = [each for each in rows.places.values() if each != THE_CHOICE]
            within = [f"{rows.source}/*/{each}" if not each.startswith("/") else each for each in there]
            within += [f"{rows.source}/*/{place}" for place in (rows.status, rows.told) if place]
            missing += [(rows.form, place) for place in within if not asked(rows.form, place)]
    assert missing == []


def test_rows_come_in_their_order_without_what_is_finished() -> None:
    state = {"b/actions/" + A + "/@order": "b0", "b/actions/" + B + "/@order": "a0"}
    plan = Told("plan", "p", state)
    assert rows_from("review", "b/actions", plan) == [B, A]
    done = Told("plan", "p", {**state, f"b/actions/{A}/action/status": "stopped"})
    assert rows_from("review", "b/actions", done) == [B]
    assert rows_from("review", "b/actions", Told("plan", "p", {})) is None
    over = {**state, **{f"b/actions/{row}/action/status": "done" for row in (A, B)}}
    assert rows_from("review", "b/actions", Told("plan", "p", over)) == []


def test_a_row_for_each_choice_finds_its_answers_again() -> None:
    eha = Told("eha", "e", {"k/ticks/needs": ["money", "none", "health"], "k/notnow/no_health": "said elsewhere"})
    money, health = rows_from("plan", "b/needs", eha) or []
    for row, choice in ((money, "money"), (health, "health")):
        assert row[0].isdigit()
        assert len(row) == 32
        assert source_of("plan", f"b/needs/{row}/need_page/need", eha) == Source("k/ticks/needs", choice)
        assert source_of("plan", f"b/needs/{row}/need_page/whose", eha) == Source("k/ticks/needs_who")
        assert source_of("plan", f"b/needs/{row}/need_page/not_now", eha) == Source(f"k/notnow/no_{choice}")
        assert source_of("plan", f"b/needs/{row}/need_page/now_score", eha) is None
    assert "money" not in repr(source_of("plan", f"b/needs/{money}/need_page/need", eha))
    assert source_of("plan", f"b/needs/{A}/need_page/need", eha) is None


def test_a_form_carries_its_own_places_and_what_is_named_and_nothing_else() -> None:
    cases = {
        ("visit", "a/x", "visit"): Source("a/x"),
        ("visit", "a/x", "eha"): None,
        ("plan", "a/lead/lead_name", "eha"): Source("e/lead/lead_name"),
        ("plan", "a/lead/lead_name", "plan"): Source("a/lead/lead_name"),
        ("plan", "a/about/worker", "eha"): None,
        ("review", "a/meeting/last_on", "review"): Source("a/meeting/held_on"),
        ("review", f"b/actions/{A}/action/status", "review"): None,
    }
    for (form, path, other), source in cases.items():
        assert source_of(form, path, Told(other, "r", {})) == source, (form, path, other)
    assert sources("visit") == {"visit"}
    assert sources("review") == {"review", "plan"}
    assert repeats_of("visit") == ()
