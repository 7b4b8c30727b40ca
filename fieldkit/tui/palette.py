"""The palette's own verbs: nothing that writes the screen to a file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from fieldkit.tui.keys import Key, keys_in, short
from fieldkit.tui.messages import Go
from fieldkit.tui.places import VERBS, Verb


class Verbs(Provider):
    """fieldkit's verbs, by what they are called here or on the command line."""

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for verb in VERBS:
            yield DiscoveryHit(Content(verb.words), self._run(verb), text=verb.words, help=verb.help)

    async def search(self, query: str) -> Hits:
        """The verbs that match."""
        matcher = self.matcher(query)
        for verb in VERBS:
            score = max(map(matcher.match, (verb.words, *verb.commands)))
            if score > 0:
                yield Hit(score, Content(verb.words), self._run(verb), text=verb.words, help=verb.help)

    def _run(self, verb: Verb) -> Any:
        return partial(self.app.post_message, Go(verb.place, {}))


COLOURS = "app.colours"


class Here(Provider):
    """What the screen below can do, by the words of its keys."""

    def _keys(self) -> list[Key]:
        chosen = getattr(self.app, "chosen_keys", {})
        found = keys_in([*type(self.screen).__dict__.get("BINDINGS", ()), *self._of_app()])
        return [replace(key, keys=tuple(chosen.get(key.name, ",".join(key.keys)).split(","))) for key in found]

    def _of_app(self) -> list[Binding]:
        """What works everywhere and has neither a place nor a line of its own."""
        declared = type(self.app).__dict__.get("BINDINGS", ())
        return [each for each in declared if isinstance(each, Binding) and each.id == COLOURS]

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for key in self._keys():
            yield DiscoveryHit(Content(key.what), self._run(key), text=key.what, help=_help(key))

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for key in self._keys():
            if (score := matcher.match(key.what)) > 0:
                yield Hit(score, Content(key.what), self._run(key), text=key.what, help=_help(key))

    def _run(self, key: Key) -> Any:
        if key.name == COLOURS:
            return partial(self.app.run_action, self._of_app()[0].action)
        declared = type(self.screen).__dict__.get("BINDINGS", ())
        action = next(each.action for each in declared if isinstance(each, Binding) and each.id == key.name)
        return partial(self.screen.run_action, action)


def _help(key: Key) -> str:
    return f"here: {', '.join(map(short, key.keys))}"


class Palette(CommandPalette):
    """Textual's palette, which can be covered: a modal screen hears none of the app's own chords."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+b", "app.cover", "Cover", show=False, priority=True)]
