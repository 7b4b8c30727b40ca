"""Answers on their way into a form, and whether a form with them can be filed. Nothing here keeps anything."""

from __future__ import annotations

from fieldkit.casework.text import clean, file_name
from fieldkit.errors import AnswersNotValid
from fieldkit.store.drafts import Progress
from forms.answers import Value
from forms.interview import Interview
from forms.preloads import fill_at_end


def cleaned(raw: Value) -> Value:
    """An answer as it is kept."""
    if isinstance(raw, str):
        return clean(raw).text
    if isinstance(raw, list):
        return [clean(each).text for each in raw]
    return {**raw, "name": file_name(str(raw["name"]))} if isinstance(raw, dict) and "name" in raw else raw


def refuse_wrong(interview: Interview) -> None:
    """AnswersNotValid for what cannot be filed: it names the places, never the answers."""
    fill_at_end(interview.instance, interview.form, interview.world.now)
    wrong = interview.violations()
    if wrong:
        raise AnswersNotValid(tuple((each.path, each.message) for each in wrong))


def progress(interview: Interview) -> Progress:
    """How far an interview has come."""
    parts = [row for row in interview.outline() if row.depth == 0 and row.state != "hidden"]
    part = next((row.letter or row.title for row in parts if row.state in ("part", "error", "todo")), "")
    answered, total = sum(row.answered for row in parts), sum(row.total for row in parts)
    return Progress(part, answered, total, len(interview.missing()))
