"""The form engine measured: open a form, answer and have everything revalidated, rows, restoring, lists, memory.

    python tests/bench/forms_bench.py                        the forms made for measuring, as large as the aims say
    python tests/bench/forms_bench.py forms/published/eha.json [--answers FILE]     a published form, filled
    … --json                                                            the same as JSON

`open_ms`: the XForm's bytes to a first page of questions, the form's own load included (median of 7); `open_loaded_ms`:
the same from a form that is loaded already, as a device opens its second draft (cache). `answer_*`: one answer with
everything that depends on it run again and the question's own check, over 3,000 answers to every question in turn, in
a form that is filled. `pages_ms`: every page of the filled form, as the outline needs it.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from forms.definition import Form
from forms.interview import Interview
from forms.library import Published
from forms.xform import load
from forms.xpath import World
from tests.bench.made_forms import IN_ROW, LISTED, long_list, made

ANSWERS = ROOT / "fieldkit" / "commands" / "practice" / "data" / "answers"
ROUNDS = 3_000
ROWS = 10
LIST_ROWS = 50_000
SAMPLE = {"integer": ("1", "2"), "decimal": ("1.5", "2.5"), "date": ("2026-11-20", "2026-11-21"), "range": ("3", "4")}
SILENT = ("note", "calculate", "hidden")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("form", type=Path, nargs="?")
    options.add_argument("--answers", type=Path)
    options.add_argument("--json", action="store_true")
    told = options.parse_args()
    found = {told.form.stem: _published(told.form, told.answers)} if told.form else suite()
    if told.json:
        print(json.dumps(next(iter(found.values())) if told.form else found))
        return
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    for form, figures in found.items():
        print(form)
        for name, figure in figures.items():
            print(f"  {name:22} {figure}")


def _published(path: Path, answers: Path | None) -> dict[str, float]:
    published = Published.from_json(path.read_text("utf-8"))
    given = answers or ANSWERS / f"{published.id}.json"
    told = json.loads(given.read_text("utf-8")) if given.exists() else {}
    return measure(published.xml.encode(), lambda form: filled(form, told))


def suite() -> dict[str, dict[str, float]]:
    """The sizes the aims speak of."""
    return {
        "150 questions, a repeat with 10 rows": measure(made(150), with_rows),
        "600 questions, a repeat with 10 rows": measure(made(600), with_rows),
        "1,000 expressions": measure(made(150, extra=925), with_rows),
        "rows": rows_of(load(made(150))),
        "a list of 50,000 outside the form": listed(),
    }


def measure(xml: bytes, fill: Callable[[Form], Interview]) -> dict[str, float]:
    """Every figure of one form, in milliseconds and megabytes."""
    load(xml)
    opened = _median(7, lambda: next(iter(opening(load(xml)).pages())))
    form = load(xml)
    again = _median(7, lambda: next(iter(opening(form).pages())))
    interview = fill(form)
    pages = _median(7, lambda: interview.pages())
    spent = sorted(_answering(interview))
    return {
        "open_ms": round(opened, 2),
        "open_loaded_ms": round(again, 2),
        "pages_ms": round(pages, 2),
        "answer_p50_ms": _at(spent, 0.5),
        "answer_p99_ms": _at(spent, 0.99),
        "answer_max_ms": round(spent[-1], 4),
        "form_mb": round(_memory(lambda: load(xml)) / 1e6, 3),
        "response_mb": round(_memory(lambda: fill(form)) / 1e6, 3),
    }


def rows_of(form: Form) -> dict[str, float]:
    """The fiftieth row, and ten rows of nineteen answers put back."""
    last = []
    for _ in range(7):
        interview = opening(form)
        for _ in range(49):
            interview.add_row("kids")
        last.append(_timed(lambda sitting=interview: sitting.add_row("kids")))  # type: ignore[misc]
    values = with_rows(form).values()
    assert sum(path.startswith("kids/") for path in values) >= ROWS * (IN_ROW - 1)
    empty = _median(9, lambda: opening(form))
    back = _median(9, lambda: opening(form, values))
    return {
        "fiftieth_row_ms": round(statistics.median(last), 3),
        "restore_10_rows_ms": round(back, 2),
        "of_which_opening_ms": round(empty, 2),
        "restored_values": len(values),
    }


def listed() -> dict[str, float]:
    """A list of fifty thousand places: opened, and narrowed by two conditions."""
    files = {"places.csv": long_list(LIST_ROWS)}
    opened = _median(3, lambda: opening(load(LISTED, files=files)))
    interview = opening(load(LISTED, files=files))
    interview.answer("kind", "kind3")
    found = []
    for region in range(40):
        interview.answer("region", f"region{region}")
        found.append(_timed(lambda: interview.question("place").choices))
    assert len(interview.question("place").choices) == len(_places(39, 3))
    return {
        "open_ms": round(opened, 1),
        "filter_p50_ms": _at(sorted(found), 0.5),
        "filter_max_ms": _at(sorted(found), 1),
    }


def _places(region: int, kind: int) -> list[int]:
    return [at for at in range(LIST_ROWS) if at % 250 == region and at % 7 == kind]


def opening(form: Form, answers: Mapping[str, Any] | None = None) -> Interview:
    """The form, opened now."""
    ids = iter(f"{number:032x}" for number in range(1, 1_000_000))
    world = World(
        today=datetime(2026, 11, 23, tzinfo=UTC).date(),
        now=datetime(2026, 11, 23, 15, tzinfo=UTC),
        zone=ZoneInfo("Europe/London"),
        lang="default",
        choice_label=lambda _node, value: value,
        random=lambda: 0.5,
        uuid=lambda: "00000000-0000-4000-8000-000000000000",
        pulldata=lambda *_: "",
    )
    return Interview(form, world, new_id=lambda: next(ids), answers=answers, begins_empty=True)


def with_rows(form: Form) -> Interview:
    """A made form with ten rows and an answer to every question."""
    interview = opening(form)
    for _ in range(ROWS):
        interview.add_row("kids")
    for number, (path, raw) in enumerate(_samples(interview)):
        interview.answer(path, raw[number % len(raw)])
    return interview


def filled(form: Form, answers: Mapping[str, Any]) -> Interview:
    """The form with its answer file in it."""
    interview = opening(form)
    for path, answer in answers.items():
        if isinstance(answer, list) and answer and isinstance(answer[0], dict):
            for row in answer:
                at = interview.add_row(path)
                for name, value in row.items():
                    interview.answer(f"{at}/{name}", value)
        else:
            interview.answer(path, answer)
    return interview


def _samples(interview: Interview) -> Iterator[tuple[str, list[str]]]:
    """Every question that can be answered, with two or more answers to it."""
    for page in interview.pages():
        for view in page.questions:
            if view.kind not in SILENT and not view.readonly:
                choices = [choice.value for choice in view.choices]
                yield view.path, choices or list(SAMPLE.get(view.kind, ("one", "two")))


def _answering(interview: Interview) -> list[float]:
    asked = list(_samples(interview))
    spent = []
    for turn in range(ROUNDS):
        path, raw = asked[turn % len(asked)]
        value = raw[(turn // len(asked)) % len(raw)]
        spent.append(_timed(lambda at=path, said=value: interview.answer(at, said)))  # type: ignore[misc]
    return spent


def _at(spent: list[float], share: float) -> float:
    return round(spent[min(int(len(spent) * share), len(spent) - 1)], 4)


def _median(rounds: int, work: Callable[[], Any]) -> float:
    return statistics.median(_timed(work) for _ in range(rounds))


def _timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _memory(make: Callable[[], Any]) -> int:
    make()
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


if __name__ == "__main__":
    main()
