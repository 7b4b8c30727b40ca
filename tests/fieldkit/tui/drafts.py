"""Drafts for the twin: the real engine on a shipped form; its verbs are written down instead of journalled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fieldkit.workspace.views import Carried
from forms.definition import Form
from forms.interview import Interview
from forms.library import shipped
from forms.xform import load
from forms.xpath import World

NOW = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


@cache
def form(name: str) -> Form:
    """A shipped form, loaded once."""
    return load(shipped()[name].xml.encode())


def interview(name: str) -> Interview:
    """A sitting with a shipped form."""
    return interview_of(form(name))


def interview_of(asked: Form) -> Interview:
    """A sitting on the twin's Monday."""
    ids = iter(f"{number:032x}" for number in range(1, 100_000))
    world = World(
        today=NOW.date(),
        now=NOW,
        zone=ZoneInfo("Europe/London"),
        lang="default",
        choice_label=lambda _node, value: value,
        random=lambda: 0.5,
        uuid=lambda: "00000000-0000-4000-8000-000000000000",
        pulldata=lambda *_: "",
    )
    return Interview(asked, world, new_id=lambda: next(ids), begins_empty=True)


class OpenDraft:
    """A draft as screens see it."""

    def __init__(self, words: str = "", name: str = "visit") -> None:
        self.interview = interview(name)
        self.id, self.family, self.revision = "d1", "f1", 0
        self.form_title, self.family_name = "Visit" + words, "Okafor" + words
        self.words = words
        self.files: dict[str, bytes] = {}
        self.verbs: list[tuple[str, str, Any]] = []
        self.told: Callable[[int, datetime], None] = lambda _revision, _at: None
        if words:
            self.interview.answer("a/when/workers", "Asha" + words)

    def answer(self, path: str, raw: Any) -> Any:
        """Into the real engine."""
        return self._noted("answer", path, raw, self.interview.answer(path, raw))

    def not_recorded(self, path: str, code: str) -> Any:
        """Into the real engine."""
        return self._noted("not_recorded", path, code, self.interview.not_recorded(path, code))

    def voice(self, path: str, who: str) -> Any:
        """Into the real engine."""
        return self._noted("voice", path, who, self.interview.voice(path, who))

    def add_row(self, path: str) -> str:
        """Into the real engine."""
        return self.interview.add_row(path)

    def remove_row(self, path: str) -> Any:
        """Into the real engine."""
        return self.interview.remove_row(path)

    def visible(self, question: Any) -> bool:
        """Nobody else is in the room."""
        return bool(question.path)

    def carried(self, path: str) -> Carried | None:
        """What was told before, in nasty words."""
        if path != "a/when/purpose" or not self.words:
            return None
        return Carried("x", "Bedtime" + self.words, "Ngozi" + self.words, date(2026, 5, 3))

    def on_saved(self, callback: Callable[[int, datetime], None]) -> None:
        """Told after each verb."""
        self.told = callback

    def drain(self) -> None:
        """Nothing waits here."""

    def keep_progress(self) -> None:
        """Written down like every verb."""
        self.verbs.append(("keep_progress", "", None))

    def keep_file(self, seal: str, content: bytes) -> None:
        """Kept beside the verbs."""
        self.files[seal] = content

    def _noted(self, verb: str, path: str, raw: Any, reaction: Any) -> Any:
        self.verbs.append((verb, path, raw))
        self.revision += 1
        self.told(self.revision, NOW)
        return reaction


def open_draft(words: str = "") -> OpenDraft:
    """A visit note that has just been begun."""
    return OpenDraft(words)
