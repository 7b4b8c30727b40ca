"""Every key of every screen by a name, and which others somebody chose for them. Pure but for `every_key`, which looks.

What protects somebody keeps its own key, whatever is chosen: cover, help, duty numbers, raising a concern, leaving.
"""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from textual.binding import Binding
from textual.keys import _character_to_key

import fieldkit.tui.screens
from fieldkit.settings import settings

SAFE = frozenset({"app.quit", "app.cover", "app.help", "app.duty", "app.palette"})
"""Names whose own keys stay, whatever else is chosen for them."""
CONCERN = "concern"
"""A name with this word in it is safe too."""
FIXED = frozenset({"escape", "tab", "shift+tab", "enter", "ctrl+c", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+h", "ctrl+z"})
"""Keys that mean the same everywhere, in every program, or cannot be told apart by a terminal."""
NAMED = frozenset(
    "up down left right home end pageup pagedown insert delete backspace space".split()  # noqa: SIM905
) | {f"f{number}" for number in range(1, 13)}
SIGNS = frozenset(_character_to_key(chr(code)) for code in range(33, 127))
"""Letters and signs of a keyboard, as Textual names them."""
EVERYWHERE = "app"
SHORT = {"exclamation_mark": "!", "slash": "/", "question_mark": "?", "colon": ":", "plus": "+", "minus": "-"}


@dataclass(frozen=True, slots=True)
class Key:
    """One action of one screen, with the keys that do it."""

    name: str
    """`form.missing`: where, and what."""
    keys: tuple[str, ...]
    what: str
    while_typing: bool = False
    """It works in a text field too, so that its key must be none that is typed."""

    @property
    def where(self) -> str:
        """The screen it is on; `app` for everywhere."""
        return self.name.partition(".")[0]

    @property
    def safe(self) -> bool:
        """Whether its own keys cannot be taken away."""
        return self.name in SAFE or CONCERN in self.name


def name_of(screen: str, action: str) -> str:
    """The name of an action: FormScreen and turn(-1) make form.turn-back-1."""
    place = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", screen.removesuffix("Screen")).lower()
    return f"{place}.{re.sub(r'[^a-z0-9]+', '-', action.replace('(-', '-back-').lower()).strip('-')}"


def named(screen: str, declared: Sequence[Any]) -> list[Any]:
    """What a screen declares, every binding with its name."""
    return [
        replace(each, id=each.id or name_of(screen, each.action)) if isinstance(each, Binding) else each
        for each in declared
    ]


def keys_in(declared: Iterable[Any]) -> list[Key]:
    """The named keys of a list of bindings."""
    bound = [each for each in declared if isinstance(each, Binding) and each.id]
    return [Key(str(each.id), tuple(each.key.split(",")), each.description, each.priority) for each in bound]


def every_key() -> tuple[Key, ...]:
    """Every key there is, those of everywhere first. Imports every screen."""
    from fieldkit.tui.app import FieldkitApp

    found = keys_in(FieldkitApp.BINDINGS)
    for module in pkgutil.iter_modules(fieldkit.tui.screens.__path__):
        loaded = import_module(f"fieldkit.tui.screens.{module.name}")
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ == loaded.__name__:
                found += keys_in(kind.__dict__.get("BINDINGS", ()))
    return tuple({each.name: each for each in found}.values())


def chosen(wanted: Mapping[str, tuple[str, ...]], known: Sequence[Key]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The keys that count instead of the own ones, by name; and what is wrong with those that do not count."""
    by_name = {each.name: each for each in known}
    counts: dict[str, Key] = {}
    faults = []
    for name, keys in wanted.items():
        told = tuple(map(normal, keys))
        fault = _fault(by_name.get(name), told) if name in by_name else "there is no such key"
        if fault:
            faults.append(f"keys: {name[:60]}: {fault}")
        else:
            own = by_name[name].keys if by_name[name].safe else ()
            counts[name] = replace(by_name[name], keys=tuple(dict.fromkeys((*own, *told))))
    for name in _taken({**by_name, **counts}, {each: by_name[each].keys for each in counts}):
        faults.append(f"keys: {name}: its key does something else there, so it keeps its own")
        del counts[name]
    return {name: ",".join(key.keys) for name, key in counts.items()}, tuple(faults)


def _fault(key: Key | None, told: tuple[str, ...]) -> str:
    assert key is not None
    if any(each in FIXED for each in told):
        return "that key means the same everywhere and stays"
    if any(not is_key(each) for each in told):
        return "a key is a letter or sign, a named one as f5 or pagedown, or ctrl+ and a letter"
    if key.while_typing and any(types(each) for each in told):
        return "it works while somebody types, so it needs a function key or ctrl+ and a letter"
    return ""


def _taken(all_keys: Mapping[str, Key], ours: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Of the chosen ones (with their own keys) those whose new key does something else there, or everywhere."""
    lost: list[str] = []
    for name in ours:
        mine = all_keys[name]
        others = [
            each
            for each in all_keys.values()
            if each.name != name
            and each.name not in lost
            and (each.where in (mine.where, EVERYWHERE) or mine.where == EVERYWHERE)
        ]
        if any((set(mine.keys) - set(ours[name])) & set(each.keys) for each in others):
            lost.append(name)
    return lost


def normal(key: str) -> str:
    """A key as Textual names it."""
    key = key.strip()
    return _character_to_key(key) if len(key) == 1 else key.lower()


def is_key(key: str) -> bool:
    """Whether a terminal can send it."""
    return key in NAMED or key in SIGNS or bool(re.fullmatch(r"ctrl\+[a-z]", key))


def types(key: str) -> bool:
    """Whether it is what somebody types or edits with."""
    return not re.fullmatch(r"f\d+|ctrl\+[a-z]", key)


def short(key: str) -> str:
    """A key as the line of keys writes it: ^g, F5, !."""
    return f"^{key[5:]}" if key.startswith("ctrl+") else SHORT.get(key, key)


def renamed(line: str, own: Iterable[Key], counts: Mapping[str, str]) -> str:
    """A line of keys with the ones that count now."""
    now = {short(each.keys[0]): short(counts[each.name].split(",")[0]) for each in own if each.name in counts}
    parts = [part.partition(" ") for part in line.split("  ")]
    return "  ".join(f"{now.get(head, head)}{gap}{rest}" for head, gap, rest in parts) if now else line


HJKL = {"h": "left", "j": "down", "k": "up", "l": "right"}


def as_arrow(key: str, key_set: str, taken: Iterable[str]) -> str:
    """With the key set hjkl: the arrow that a letter stands for outside of text, unless the screen needs the letter."""
    return HJKL[key] if key_set == "hjkl" and key in HJKL and key not in taken else ""


def tell_keys() -> int:
    """Every key as JSON on standard output, with those that were chosen, for `fieldkit keys` and `doctor`."""
    known, now = every_key(), settings()
    counts, faults = chosen(now.keys or {}, known)
    rows = [
        {"name": each.name, "keys": counts.get(each.name, ",".join(each.keys)).split(","), "what": each.what}
        for each in known
    ]
    sys.stdout.write(json.dumps({"keys": rows, "faults": faults}))
    return 0
