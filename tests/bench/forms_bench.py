"""The form engine measured: open a published form, answer and have everything revalidated, memory.

    python tests/bench/forms_bench.py forms/published/eha.json [--answers FILE] [--json]

`open_ms`: the published XForm's bytes to a first page of questions, the form's own load included (median of 7; the
second figure in words is an opening of a form that is loaded already). `answer_*`: one answer with everything that
depends on it run again and the question's own check, over 3,000 answers to every question of the form in turn, in a
form that is filled from the answer file.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
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

ANSWERS = ROOT / "fieldkit" / "commands" / "practice" / "data" / "answers"
ROUNDS = 3_000
SAMPLE = {"integer": ("1", "2"), "decimal": ("1.5", "2.5"), "date": ("2026-11-20", "2026-11-21"), "range": ("3", "4")}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("form", type=Path)
    options.add_argument("--answers", type=Path)
    options.add_argument("--json", action="store_true")
    told = options.parse_args()
    published = Published.from_json(told.form.read_text("utf-8"))
    answers = told.answers or ANSWERS / f"{published.id}.json"
    figures = measure(published.xml.encode(), json.loads(answers.read_text("utf-8")) if answers.exists() else {})
    if told.json:
        print(json.dumps(figures))
        return
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {published.id}")
    for name, figure in figures.items():
        print(f"{name:16} {figure}")


def measure(xml: bytes, answers: Mapping[str, Any]) -> dict[str, float]:
    """Every figure, in milliseconds and megabytes."""
    load(xml)
    opened = statistics.median(_timed(lambda: opening(load(xml)).pages()) for _ in range(7))
    form = load(xml)
    again = statistics.median(_timed(lambda: opening(form)) for _ in range(7))
    spent = sorted(_answering(filled(form, answers)))
    return {
        "open_ms": round(opened * 1000, 2),
        "open_loaded_ms": round(again * 1000, 2),
        "answer_p50_ms": round(spent[len(spent) // 2] * 1000, 4),
        "answer_p99_ms": round(spent[int(len(spent) * 0.99)] * 1000, 4),
        "answer_max_ms": round(spent[-1] * 1000, 4),
        "form_mb": round(_memory(lambda: load(xml)) / 1e6, 3),
        "response_mb": round(_memory(lambda: filled(form, answers)) / 1e6, 3),
    }


def opening(form: Form) -> Interview:
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
    return Interview(form, world, new_id=lambda: next(ids))


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


def _answering(interview: Interview) -> list[float]:
    views = [view for page in interview.pages() for view in page.questions if view.kind not in ("note", "calculate")]
    spent = []
    for turn in range(ROUNDS):
        view = views[turn % len(views)]
        choices = [choice.value for choice in view.choices] or list(SAMPLE.get(view.kind, ("one", "two")))
        raw = choices[(turn // len(views)) % len(choices)]
        spent.append(_timed(lambda path=view.path, raw=raw: interview.answer(path, raw)))  # type: ignore[misc]
    return spent


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _memory(make: Callable[[], Any]) -> int:
    make()
    tracemalloc.start()
    kept = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return size


if __name__ == "__main__":
    main()
