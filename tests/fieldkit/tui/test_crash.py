"""What a person sees when the program fails."""

from fieldkit.tui.crash import refused, report


def fail(name: str) -> None:
    secret = f"the name is {name}"
    raise ValueError(secret)


def test_a_report_holds_no_value_and_no_message() -> None:
    try:
        fail("Ngozi Okafor")
    except ValueError as error:
        words = report(error)
    assert "Okafor" not in words
    assert "ValueError" in words
    assert "error " in words


def test_the_same_fault_has_the_same_number() -> None:
    numbers = set()
    for name in ("Ada", "Chidi"):
        try:
            fail(name)
        except ValueError as error:
            numbers.add(report(error).split("error ")[1][:8])
    assert len(numbers) == 1


def test_what_would_write_the_screen_to_a_file_is_refused() -> None:
    assert refused({"TEXTUAL_LOG": "a.log", "HOME": "x"}) == ("TEXTUAL_LOG",)
    assert refused({"TEXTUAL_SCREENSHOT": "5"}) == ("TEXTUAL_SCREENSHOT",)
    assert refused({"TEXTUAL_LOG": ""}) == ()
