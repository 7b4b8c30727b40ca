"""Which passphrases are refused, and why; four words for who wants some. No rule about what letters it must have.

Long is what counts: fifteen letters, or four words. What people commonly choose is refused whatever is put around it:
the lists lie in `common.txt`, the ways to dress a word up stand here as rules. Any character may be in it, blanks too;
nothing is cut; it is normalised once (NFKC), where it is stretched.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from fieldkit.errors import FieldkitError

LEAST, WITH_KEYRING, WORDS = 15, 10, 4
LONGEST = 1_024
NO_KEYRING = (
    "This machine has no keyring that fieldkit can use, so nothing but your passphrase protects a stolen copy.\n"
    "Choose a long one: fifteen letters or more, or four words that do not belong together."
)
ENDS = ("", "1", "12", "123", "1234", "12345", "!", "1!", "01", "00", "99", "2024", "2025", "2026")
"""What people put behind a word; the rule below knows any digits."""
_LEET = str.maketrans("013457@$!|+", "oieasta" + "silt")
_RUNS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6", "1qaz2wsx3edc4rfv", "a1b2c3d4e5f6g7"),
)


class EasilyGuessed(FieldkitError):
    """A passphrase that should not be chosen; it says why, and never repeats it."""

    cure = "Take four words that do not belong together (`--words` proposes some), or one long sentence of your own."

    def __init__(self, said: str) -> None:
        super().__init__("easily guessed")
        self.said = said


def refuse(passphrase: str, about: Iterable[str] = (), *, kept: bool = False) -> None:
    """EasilyGuessed when it is too short, common, or little more than what is known of the person.

    `kept`: this login's keyring keeps a secret of the device as well, so that it may be shorter.
    """
    said = fault(passphrase, about, WITH_KEYRING if kept else LEAST)
    if said:
        raise EasilyGuessed(said)


def fault(passphrase: str, about: Iterable[str] = (), least: int = LEAST) -> str:
    """What is wrong with a passphrase, in a sentence; blank when nothing is."""
    plain = unicodedata.normalize("NFKC", passphrase)
    words = [word for word in plain.split() if len(word) > 2]
    if len(plain) > LONGEST:
        return f"That is longer than {LONGEST} letters."
    if len(plain) < least and len(words) < WORDS:
        return f"That is too short: {least} letters, or {WORDS} words."
    if is_common(plain, about):
        return "That is among the first things that somebody would try."
    return ""


def is_common(passphrase: str, about: Iterable[str] = ()) -> bool:
    """Whether it is a common word or two, a run of keys, or one thing repeated, whatever is put around it."""
    core = re.sub(r"[\W\d_]+$", "", passphrase)
    shapes = {_letters(passphrase), _letters(core.translate(_LEET))} - {""}
    together = max(map(len, re.findall(r"[^\W\d_]+", passphrase)), default=0)
    if not shapes:
        return True  # Digits and signs only: a date, a number that somebody knows.
    own = frozenset(word for each in about for word in _split(each) if len(word) > 2)
    signs, front = _signs(passphrase), _signs(core)
    if _is_pattern(signs) or (2 * len(front) >= len(signs) and _is_pattern(front)):
        return True
    # A few letters strewn among digits say nothing about what lies between them.
    return any(_is_weak(shape, own) for shape in shapes if 2 * len(shape) > len(signs) or together >= len(shape))


def _is_weak(shape: str, own: frozenset[str]) -> bool:
    return _repeats(shape) or _of_words(shape, common_words() | own)


def _is_pattern(signs: str) -> bool:
    """Whether it has hardly any different signs, is one piece over and over, or a run of keys."""
    return 0 < len(set(signs)) < 5 or _repeats(signs) or _is_run(signs)


def _signs(passphrase: str) -> str:
    return "".join(each for each in passphrase.casefold() if each.isalnum())


def _of_words(shape: str, known: frozenset[str], left: int = 3) -> bool:
    """Whether it is made of at most so many words that people commonly choose."""
    if not shape:
        return True
    starts = (end for end in range(len(shape), 2, -1) if shape[:end] in known)
    return left > 0 and any(_of_words(shape[end:], known, left - 1) for end in starts)


def _repeats(shape: str) -> bool:
    """Whether it is one piece over and over."""
    return any(shape == (shape[:size] * len(shape))[: len(shape)] for size in range(1, len(shape) // 2 + 1))


def _is_run(shape: str) -> bool:
    """Whether it goes along the alphabet or the keyboard in steps of some letters at a time."""
    pairs = {run[at : at + 2] for line in _RUNS for run in (line, line[::-1]) for at in range(len(line) - 1)}
    steps = sum(shape[at : at + 2] in pairs for at in range(len(shape) - 1))
    return len(shape) > 3 and steps >= 0.7 * (len(shape) - 1)


def _letters(passphrase: str) -> str:
    """Its letters alone, small and without accents."""
    bare = unicodedata.normalize("NFKD", passphrase.casefold())
    return "".join(each for each in bare if each.isalpha())


def _split(text: str) -> list[str]:
    return [_letters(word) for word in re.split(r"\W+", text)]


@cache
def common_words() -> frozenset[str]:
    """The words that people commonly choose, by their letters."""
    return frozenset(_letters(word) for word in _listed("common.txt")) - {""}


def blocklist() -> Iterator[str]:
    """What is refused offline, spelt out: each common word with each usual end, small and with a capital."""
    for word in _listed("common.txt"):
        for end in ENDS:
            yield from (word + end, word.capitalize() + end)


def four_words() -> str:
    """Four words by chance: 1,024 times more guesses for each."""
    words = _listed("words.txt")
    return " ".join(secrets.choice(words) for _ in range(WORDS))


@cache
def _listed(name: str) -> tuple[str, ...]:
    lines = (files(__package__) / name).read_text("utf-8").splitlines()
    told = [line.partition(":")[2] or line for line in lines if not line.startswith("#")]
    return tuple(dict.fromkeys(word for line in told for word in line.split()))
