"""A flag before the environment before the file before nothing; a wrong file stops nothing and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldkit.settings import DEFAULT, FLAG, THEME_VARIABLE, Choice, choose_theme, config_file, settings, with_theme


def env(tmp_path: Path, text: str | bytes = "", **more: str) -> dict[str, str]:
    """An environment with a settings file of its own."""
    file = tmp_path / "config.toml"
    if text:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return {"FIELDKIT_CONFIG": str(file), **more}


def test_a_flag_counts_before_the_environment_before_the_file_before_nothing(tmp_path: Path) -> None:
    told = env(tmp_path, 'theme = "light"', FIELDKIT_THEME="contrast-dark")
    assert settings(told, "contrast-light").theme == Choice("contrast-light", FLAG)
    assert settings(told).theme == Choice("contrast-dark", THEME_VARIABLE)
    del told["FIELDKIT_THEME"]
    assert settings(told).theme == Choice("light", told["FIELDKIT_CONFIG"])
    (tmp_path / "config.toml").unlink()
    assert settings(told).theme == Choice("dark", DEFAULT)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("theme = ", "not TOML"),
        (b"theme = '\xff'", "no text in UTF-8"),
        ("#" * 70_000, "larger than 64 KiB"),
        ("[" * 5_000, "not TOML"),
        ('theme = "pink"', "pink is none of dark"),
        ("theme = 3", "3 is none of"),
        ("colour = 1", "colour: fieldkit does not know"),
        ("keys = 3", "it must be a table"),
        ("[keys]\n'today.go' = 3", "today.go needs a key"),
        ("[keys]\n'today.go' = []", "today.go needs a key"),
    ],
)
def test_a_wrong_file_is_told_and_the_defaults_count(text: str | bytes, fault: str, tmp_path: Path) -> None:
    found = settings(env(tmp_path, text))
    assert fault in " ".join(found.faults)
    assert (found.theme.value, found.key_set.value, found.keys) == ("dark", "arrows", {})


def test_what_is_right_beside_a_fault_still_counts(tmp_path: Path) -> None:
    found = settings(env(tmp_path, 'theme = "light"\nkey_set = "hjkl"\nx = 1\n[keys]\n"sync.sync" = ["y", "f5"]\n'))
    assert (found.theme.value, found.key_set.value) == ("light", "hjkl")
    assert found.keys == {"sync.sync": ("y", "f5")}
    assert len(found.faults) == 1


def test_a_folder_in_place_of_the_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    assert settings(env(tmp_path)).faults == ("the file cannot be read, so nothing in it counts",)


def test_choosing_a_theme_keeps_everything_else_that_was_written(tmp_path: Path) -> None:
    told = env(tmp_path, '# mine\ntheme = "dark" # soft\n[keys]\n"sync.sync" = "y"\n')
    choose_theme("light", config_file(told))
    assert (tmp_path / "config.toml").read_text() == '# mine\ntheme = "light"\n[keys]\n"sync.sync" = "y"\n'
    assert with_theme('[keys]\na = "b"\n', "light") == 'theme = "light"\n\n[keys]\na = "b"\n'
    assert settings(env(tmp_path / "nowhere")).theme.value == "dark"
    choose_theme("light", config_file(env(tmp_path / "new" / "folder")))
    assert settings(env(tmp_path / "new" / "folder")).theme.value == "light"


def test_where_nobody_says_the_file_lies_in_the_platform_s_place() -> None:
    assert config_file({}).name == "config.toml"
    assert "fieldkit" in str(config_file({}))
