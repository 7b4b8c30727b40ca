"""A form gone through question by question. Every answer is on the disk before the next question is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from fieldkit.casework.asking import ALONE, NOT_RECORDED, carried_words, may_be_carried
from fieldkit.casework.text import clean, file_name
from fieldkit.commands.edge import read_file
from fieldkit.commands.plain.lines import FILES, MANY, SILENT, NotSo, matching, question_lines, said_value, value_of
from fieldkit.commands.plain.stops import Stop, beside, place_of, stop_at, stops
from fieldkit.commands.plain.talk import Talk
from fieldkit.errors import FieldkitError
from forms import paging
from forms.errors import FormError

LARGEST_FILE = 10 << 20
WORDS = (
    ("blank line", "on to the next question; what is there stays"),
    ("?", "more about this question"),
    ("-", "there is no answer, and why"),
    (":back", "the question before"),
    (":clear", "take the answer away"),
    (":who", "who said it"),
    (":again", "say the question again"),
    (":missing", "what is missing or not right, and go there"),
    (":remove", "take out the child, agency or action that this question is about"),
    (":language", "the form's words in another language"),
    (":end", "to the end: file it, or keep it"),
    (":save", "leave; it is kept as a draft, and can be gone on with"),
    (":help", "these words"),
)
"""What can be typed instead of an answer. To answer with such a word itself, begin with a blank."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of it: the record, or nothing while it is still a draft."""

    record: str = ""


class Filling:
    """One sitting with one draft."""

    def __init__(self, desk: Any, draft: Any, talk: Talk, now: Callable[[], datetime]) -> None:
        self.desk = desk
        self.draft = draft
        self.talk = talk
        self.now = now
        """The clock on the wall."""
        self.declined: set[str] = set()
        self.title = ""
        self.ended = False
        self._words: dict[str, Callable[[Stop], Stop | None]] = {
            "": partial(self._beside, by=1),
            "?": self._guidance,
            "-": self._no_answer,
            ":back": partial(self._beside, by=-1),
            ":clear": self._clear,
            ":who": self._who,
            ":again": lambda at: at,
            ":missing": self._missing,
            ":remove": self._remove,
            ":language": self._language,
            ":end": lambda _at: None,
            ":save": self._save,
            ":help": self._help,
        }

    # -- the way through

    def run(self) -> Filled:
        """From the first open question to the end; what came of it."""
        self.talk.say(
            f"{self.draft.form_title}, {self.draft.family_name}. :help tells what can be typed, :save leaves."
        )
        at = self._first_open()
        while True:
            while at is not None:
                at = self._ask(at)
            if self.ended:
                return Filled()
            done = self._end()
            if isinstance(done, Filled):
                return done
            at = done

    def _stops(self) -> list[Stop]:
        return stops(paging.pages(self.draft.interview, place_of))

    def _first_open(self) -> Stop | None:
        found = self._stops()
        missing = {each.path for each in self.draft.interview.missing()}
        opened = next((each for each in found if each.path in missing), None)
        begun = any(self.draft.interview.question(each.path).value for each in found if not each.more)
        return opened if begun and opened else next(iter(found), None)

    def _beside(self, at: Stop, by: int, before: list[Stop] | None = None) -> Stop | None:
        """The stop beside one, passing over what only tells something when going back."""
        now = self._stops()
        found = beside(before or now, now, at, by)
        while by < 0 and found is not None and not found.more and self._only_tells(found):
            found = beside(now, now, found, by)
        if by < 0 and found is None:
            self.talk.say("This is the first question.")
            return at
        return found

    def _only_tells(self, at: Stop) -> bool:
        view = self.draft.interview.question(at.path)
        return view.kind in SILENT or view.readonly or not self.draft.visible(view)

    def _ask(self, at: Stop) -> Stop | None:
        if at.title != self.title:
            self.title = at.title
            self.talk.say("", at.title)
        if at.more:
            return self._one_more(at)
        view = self.draft.interview.question(at.path)
        if not self.draft.visible(view):
            self.talk.say("", ALONE)
            return self._beside(at, 1)
        if self._carried(at, view):
            return self._ask_who(at)
        view = self.draft.interview.question(at.path)
        if view.kind == "hidden":
            return self._beside(at, 1)
        self.talk.say("", *question_lines(view))
        return self._beside(at, 1) if self._only_tells(at) else self._heard(at, view)

    def _heard(self, at: Stop, view: Any) -> Stop | None:
        masked = "masked" in view.appearance.split()
        line = self.talk.ask(hidden=masked)
        word = line.rstrip().lower() if line.startswith(":") else line.rstrip()
        if (act := self._words.get(word)) is not None:
            return act(at)
        if word.startswith(":"):
            self.talk.say(f"{word} is no word here; :help tells them. To answer with it, begin with a blank.")
            return at
        return self._answer(at, view, line[1:] if line.startswith(" ") else line)

    # -- answers

    def _answer(self, at: Stop, view: Any, line: str) -> Stop | None:
        before = self._stops()
        if view.kind == "text" and "multiline" in view.appearance.split():
            line = self.talk.paragraphs(line)
        try:
            value = self._file(line) if view.kind in FILES else value_of(view, line, self.now())
        except NotSo as wrong:
            self.talk.say(*(matching(view, line) if len(view.choices) > MANY else ()) or (str(wrong),))
            return at
        except FieldkitError as wrong:
            self.talk.say(f"{wrong.said} {wrong.cure}")
            return at
        if isinstance(value, str) and (changed := clean(value).changed):
            self.talk.say(f"Changed on the way: {', '.join(changed)}.")
        if not self._do(partial(self.draft.answer, at.path, value)):
            return at
        return self._taken(at, before)

    def _taken(self, at: Stop, before: list[Stop]) -> Stop | None:
        """Say what was understood, or what is wrong with it; then on."""
        view = self.draft.interview.question(at.path)
        if view.violation is not None and view.violation.why != "required":
            self.talk.say(f"Not right: {view.violation.message} It is kept as you typed it; a blank line goes on.")
            return at
        said = said_value(view)
        self.talk.say("Kept." if view.kind in ("text", "barcode") or not said else f"Kept: {said}")
        return self._ask_who(at, before)

    def _ask_who(self, at: Stop, before: list[Stop] | None = None) -> Stop | None:
        view = self.draft.interview.question(at.path)
        if view.asks_voice and view.value and not view.voice:
            self._who(at)
        return self._beside(at, 1, before)

    def _do(self, verb: Callable[[], Any]) -> bool:
        """Do something to the draft and wait until it is on the disk; whether it was done."""
        try:
            verb()
        except (FormError, FieldkitError) as wrong:
            self.talk.say(f"{wrong.said} {wrong.cure}")
            return False
        try:
            self.draft.drain()
        except FieldkitError as wrong:
            self.talk.say(f"NOT SAVED. {wrong.said} {wrong.cure} It is tried again with the next answer.")
        return True

    def _file(self, line: str) -> dict[str, Any]:
        file = Path(line.strip()).expanduser()
        content = read_file(file, LARGEST_FILE)
        seal = hashlib.sha256(content).hexdigest()
        self.draft.keep_file(seal, content)
        return {"hash": seal, "name": file_name(file.name), "size": len(content)}

    def _carried(self, at: Stop, view: Any) -> bool:
        """Ask whether what was told before is still right; True when that answered the question."""
        asked = not view.value and not view.not_recorded and at.path not in self.declined and may_be_carried(view)
        told = self.draft.carried(at.path) if asked else None
        if told is None:
            return False
        self.talk.say("", view.label, carried_words(told), "y yes, n no longer, e answer anew, l later")
        word = self.talk.ask().strip().lower()[:1]
        if word == "y" and self._do(partial(self.draft.answer, at.path, told.value)):
            if told.who:
                self._do(partial(self.draft.voice, at.path, told.who))
            self.talk.say("Kept.")
            return True
        self.declined.add(at.path)
        return word == "l"

    # -- words

    def _guidance(self, at: Stop) -> Stop:
        view = self.draft.interview.question(at.path)
        self.talk.say(view.guidance or "There is nothing more about this question.")
        return at

    def _no_answer(self, at: Stop) -> Stop | None:
        before = self._stops()
        self.talk.say("There is no answer, because it is:")
        chosen = self.talk.choose([*NOT_RECORDED.values()])
        if chosen is None:
            return at
        code = [*NOT_RECORDED][chosen]
        return self._beside(at, 1, before) if self._do(partial(self.draft.not_recorded, at.path, code)) else at

    def _clear(self, at: Stop) -> Stop:
        self._do(partial(self.draft.answer, at.path, None))
        return at

    def _who(self, at: Stop) -> Stop:
        people = [person.name for person in self._family_people()]
        names = list(dict.fromkeys((*self.desk.room.present, *people, self.desk.me.worker)))
        self.talk.say("Who said it?")
        chosen = self.talk.choose(names)
        if chosen is not None:
            self._do(partial(self.draft.voice, at.path, names[chosen]))
        return at

    def _family_people(self) -> tuple[Any, ...]:
        try:
            return tuple(self.desk.family(self.draft.family).people)
        except FieldkitError:  # the register's: a centre has no people
            return ()

    def _missing(self, at: Stop) -> Stop:
        return self._choose_missing() or at

    def _choose_missing(self) -> Stop | None:
        wrong = self.draft.interview.violations()
        if not wrong:
            self.talk.say("Nothing is missing.")
            return None
        self.talk.say(f"{len(wrong)} missing or not right. A number goes there, a blank line goes on.")
        chosen = self.talk.choose([self._missing_words(each) for each in wrong])
        return None if chosen is None else stop_at(self._stops(), wrong[chosen].path)

    def _missing_words(self, wrong: Any) -> str:
        if not self.draft.visible(self.draft.interview.question(wrong.path)):
            return ALONE
        return f"{wrong.label}: {'not answered' if wrong.why == 'required' else wrong.message}"

    def _one_more(self, at: Stop) -> Stop | None:
        before = self._stops()
        if not self.talk.agrees(f"One more of {at.title}?"):
            return self._beside(at, 1)
        row: list[str] = []
        if not self._do(lambda: row.append(self.draft.add_row(at.path))):
            return self._beside(at, 1)
        return stop_at(self._stops(), row[0]) or self._beside(at, 1, before)

    def _remove(self, at: Stop) -> Stop | None:
        if not at.row:
            self.talk.say("Nothing here can be taken out.")
            return at
        if not self.talk.agrees(f"Take out {at.title} and all its answers?"):
            return at
        before = self._stops()
        return self._beside(at, 1, before) if self._do(partial(self.draft.remove_row, at.row)) else at

    def _language(self, at: Stop) -> Stop:
        interview = self.draft.interview
        names = tuple(interview.languages)
        if len(names) < 2:
            self.talk.say("This form has one language.")
        elif (chosen := self.talk.choose(names)) is not None:
            interview.set_language(names[chosen])
        return at

    def _help(self, at: Stop) -> Stop:
        self.talk.say(*(f"{word}: {what}" for word, what in WORDS))
        self.talk.say("To answer with one of these itself, begin with a blank.")
        return at

    def _save(self, _at: Stop) -> None:
        self.ended = True

    # -- the end

    def _end(self) -> Stop | Filled:
        """That was the last question: what is missing, then file or keep."""
        while True:
            wrong = len(self.draft.interview.violations())
            self.talk.say("", "That was the last question.")
            self.talk.say(f"{wrong} missing or not right." if wrong else "Nothing is missing.")
            files = [] if wrong else ["file it: it goes with the next sync"]
            does = [*files, "keep it as a draft", "what is missing", "back to the first question"]
            chosen = self.talk.choose(does)
            what = does[chosen] if chosen is not None else ""
            if what.startswith("file") and (done := self._filed()):
                return done
            if what.startswith("keep"):
                return Filled()
            at = self._choose_missing() if what.startswith("what") else None
            at = next(iter(self._stops()), None) if what.startswith("back") else at
            if at is not None:
                return at

    def _filed(self) -> Filled | None:
        try:
            self.draft.drain()
            return Filled(self.desk.file(self.draft.id))
        except FieldkitError as wrong:
            self.talk.say(f"{wrong.said} {wrong.cure}")
            return None
