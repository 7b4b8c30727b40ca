"""What a worker does at the screens, told by the keys they press."""

from fieldkit.casework.evidence import METHODS
from fieldkit.errors import WhoIsIt
from fieldkit.tui.app import LOCKED, FieldkitApp
from fieldkit.tui.desk import Kit
from fieldkit.tui.screens.cover import CoverScreen
from fieldkit.tui.screens.handover import WAYS, HandoverScreen
from fieldkit.tui.screens.today import TodayScreen, today_rows
from fieldkit.workspace.allowed import LeaseOver
from fieldkit.workspace.views import Giver, Today
from tests.fieldkit.tui.brisk import running
from tests.fieldkit.tui.drafts import open_draft
from tests.fieldkit.tui.driving import app_on, at, at_today, settle, text, type_
from tests.fieldkit.tui.twin import NOW, PinGone, Twin, WallClock


async def test_a_wrong_passphrase_is_told_and_the_next_one_opens() -> None:
    app = app_on(Twin())
    async with running(app, (80, 24)) as pilot:
        await type_(pilot, "wrong")
        await pilot.press("enter")
        await settle(pilot)
        assert "does not open this vault" in text(pilot)
        await type_(pilot, "correct horse")
        await pilot.press("enter")
        await settle(pilot)
        assert "Today, Monday 23 November" in text(pilot)


async def test_where_several_people_work_the_door_asks_which_of_them_it_is() -> None:
    twin, asked = Twin(), []

    def opener(passphrase: str, person: str = "") -> Twin:
        asked.append((passphrase, person))
        if not person:
            raise WhoIsIt(("AP", "B[C"))
        return twin

    app = FieldkitApp(opener, WallClock())
    async with running(app, (80, 24)) as pilot:
        await type_(pilot, "correct horse")
        await pilot.press("enter")
        await settle(pilot)
        assert "Who are you?" in text(pilot)
        assert "B[C" in text(pilot)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert "Today, Monday 23 November" in text(pilot)
    assert asked == [("correct horse", ""), ("correct horse", "B[C")]


def test_when_the_lease_is_over_today_says_why_nothing_is_shown() -> None:
    closed = Today(NOW.date(), (), (), (), (), (), 0, closed=f"{LeaseOver.said} {LeaseOver.cure}")
    rows = today_rows(closed, Twin().duty, NOW)
    said = " ".join(row.line.plain.removeprefix("! ") for row in rows)
    assert said == f"{LeaseOver.said} {LeaseOver.cure}"
    assert {row.target for row in rows} == {("sync", "", "")}


async def test_today_says_what_is_urgent_first_and_enter_goes_there() -> None:
    async with at_today(Twin(drafts={"d1": open_draft()})) as pilot:
        rows = text(pilot)
        assert rows.index("conflict needs a person") < rows.index("Unfinished") < rows.index("Due")
        await pilot.press("enter")
        await settle(pilot)
        assert "it was: low" in text(pilot)


async def test_search_as_you_type_shows_the_last_answer_and_enter_opens_it() -> None:
    async with at_today(Twin()) as pilot:
        await pilot.press("slash")
        await settle(pilot)
        await type_(pilot, "smith")
        await settle(pilot)
        assert "Unborn [Smith]" in text(pilot)
        assert "Okafor" not in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "Emeka Obi" in text(pilot)


async def test_who_is_in_the_room_stands_on_the_top_line_until_the_visit_ends() -> None:
    twin = Twin()
    async with at_today(twin) as pilot:
        pilot.app.open("family", family="f1")  # type: ignore[attr-defined]
        await settle(pilot)
        await pilot.press("h")
        await settle(pilot)
        await pilot.press("1", "tab")
        await type_(pilot, "A neighbour")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert twin.room.present == ("Ngozi Okafor", "A neighbour")
        assert "with: Ngozi Okafor, A neighbour" in text(pilot)
        await pilot.press("e")
        await settle(pilot)
        assert "with:" not in text(pilot)


async def test_the_cover_hides_everything_until_the_pin_and_esc_does_not_lift_it() -> None:
    twin = Twin()
    twin.start_visit("f1", ())
    async with at_today(twin) as pilot:
        await pilot.press("ctrl+b")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CoverScreen)
        assert "Okafor" not in text(pilot)
        for key in ("escape", "f2", "f1", "ctrl+p", "ctrl+b"):
            await pilot.press(key)
            await settle(pilot)
            assert isinstance(pilot.app.screen, CoverScreen)
        await pilot.press(*"2468", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TodayScreen)


async def test_five_wrong_pins_lock_and_everything_is_kept() -> None:
    twin = Twin()
    twin.start_visit("f1", ())
    async with at_today(twin) as pilot:
        await pilot.press("ctrl+b")
        await settle(pilot)
        for _ in range(5):
            await pilot.press(*"1111", "enter")
            await settle(pilot)
    assert twin.closed
    assert pilot.app.return_code == LOCKED


async def test_without_a_pin_covering_locks_on_enter() -> None:
    twin = Twin()
    twin.start_visit("f1", ())
    async with at_today(twin) as pilot:
        twin.pin = None
        await pilot.press("ctrl+b")
        await settle(pilot)
        assert "No PIN was chosen" in text(pilot)
        await pilot.press("enter")
        await settle(pilot)
    assert twin.closed


async def test_a_first_opening_asks_for_a_pin_twice() -> None:
    twin = Twin()
    twin.pin = None
    async with at_today(twin) as pilot:
        await pilot.press(*"1357", "enter", *"1358", "enter")
        await settle(pilot)
        assert twin.pin is None
        assert "not the same" in text(pilot)
        await pilot.press("backspace", "7", "enter")
        await settle(pilot)
        assert twin.pin == "1357"


async def test_the_duty_numbers_are_one_key_away_while_typing() -> None:
    async with at_today(Twin()) as pilot:
        await pilot.press("exclamation_mark")
        await settle(pilot)
        await pilot.press("f2")
        await settle(pilot)
        assert "01223 000001" in text(pilot)
        assert "999" in text(pilot)


async def test_a_concern_says_that_no_one_has_read_it_until_somebody_has() -> None:
    twin = Twin()
    async with at_today(twin) as pilot:
        await pilot.press("exclamation_mark")
        await settle(pilot)
        await type_(pilot, "Ada")
        await pilot.press("tab")
        await type_(pilot, "A bruise")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "No one has read this: ring 01223 000000" in text(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "No one has read your concern about Ada" in text(pilot)
        await pilot.press("up", "enter")
        await settle(pilot)
        await pilot.press("tab")
        await type_(pilot, "I ring now")
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "Read by Asha Patel" in text(pilot)


async def test_a_conflict_is_decided_with_a_reason_and_not_without() -> None:
    twin = Twin()
    async with at_today(twin) as pilot:
        pilot.app.open("conflict", conflict="k1")  # type: ignore[attr-defined]
        await settle(pilot)
        await pilot.press("2", "enter")
        await settle(pilot)
        assert twin.resolved == []
        await type_(pilot, "Marek was there")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.resolved == [("k1", "0b", "Marek was there")]


async def test_the_less_safe_side_is_only_proposed() -> None:
    async with at_today(Twin()) as pilot:
        pilot.app.open("conflict", conflict="k1")  # type: ignore[attr-defined]
        await settle(pilot)
        assert "less safe: a lead must agree" in text(pilot)
        await pilot.press("1")
        await type_(pilot, "seen")
        await pilot.press("enter")
        await settle(pilot)
        assert "Proposed" in text(pilot)


async def test_a_conflict_stays_shut_while_somebody_else_is_in_the_room() -> None:
    twin = Twin()
    twin.start_visit("f1", ("Ngozi",))
    async with at_today(twin) as pilot:
        pilot.app.open("conflict", conflict="k1")  # type: ignore[attr-defined]
        await settle(pilot)
        assert "medium" not in text(pilot)
        await pilot.press("1", "2", "3")
        await settle(pilot)
        assert "Not while somebody else is in the room" in text(pilot)


async def test_sync_tells_a_fault_and_that_everything_waits() -> None:
    twin = Twin()
    twin.fault = PinGone()
    async with at_today(twin) as pilot:
        await pilot.press("s")
        await settle(pilot)
        assert "Everything waits on this laptop" in text(pilot)
        twin.fault = None
        await pilot.press("s")
        await settle(pilot)
        assert "6 sent and confirmed, 41 fetched" in text(pilot)


def signing(twin: Twin) -> HandoverScreen:
    """The laptop, handed over."""
    frozen = twin.freeze("r1", Giver("Ngozi Okafor", "mother"))
    return HandoverScreen(Kit(twin, WallClock()), frozen)


async def test_after_signing_only_the_pin_leads_back() -> None:
    twin = Twin()
    async with at(twin, lambda _kit: signing(twin)) as pilot:
        await pilot.press("n", "enter")
        await settle(pilot)
        assert "give the laptop back to Asha Patel" in text(pilot)
        for key in ("f1", "f2", "ctrl+p", "ctrl+q"):
            await pilot.press(key)
            await settle(pilot)
            assert isinstance(pilot.app.screen, HandoverScreen)
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press(*"1111", "enter")
        await settle(pilot)
        assert "That is not the PIN" in text(pilot)
        await pilot.press(*"2468", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, TodayScreen)


async def test_a_paper_needs_its_place() -> None:
    twin = Twin()
    async with at(twin, lambda _kit: signing(twin)) as pilot:
        await pilot.press("o", "enter")
        await settle(pilot)
        assert twin.signed == []
        await type_(pilot, "blue folder")
        await pilot.press("enter")
        await settle(pilot)
        assert twin.signed[0][1].place == "blue folder"


def test_every_kind_of_evidence_has_its_way() -> None:
    assert set(WAYS) == set(METHODS)
