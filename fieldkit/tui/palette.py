"""The palette's own verbs: nothing that writes the screen to a file."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from fieldkit.tui.messages import Go
from fieldkit.tui.places import VERBS, Verb


class Verbs(Provider):
    """fieldkit's verbs, by what they are called."""

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for verb in VERBS:
            yield DiscoveryHit(Content(verb.words), self._run(verb), text=verb.words, help=verb.help)

    async def search(self, query: str) -> Hits:
        """The verbs that match."""
        matcher = self.matcher(query)
        for verb in VERBS:
            score = matcher.match(verb.words)
            if score > 0:
                yield Hit(score, Content(verb.words), self._run(verb), text=verb.words, help=verb.help)

    def _run(self, verb: Verb) -> Any:
        return partial(self.app.post_message, Go(verb.place, {}))


class Palette(CommandPalette):
    """Textual's palette, which can be covered: a modal screen hears none of the app's own chords."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+b", "app.cover", "Cover", show=False, priority=True)]
