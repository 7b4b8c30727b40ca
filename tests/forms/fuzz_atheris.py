"""A coverage-guided fuzzer over forms, lists, expressions and submissions; run by hand, bounded by its arguments:

    PYTHONPATH=. python tests/forms/fuzz_atheris.py -runs=50000 -max_total_time=120 -timeout=5

It needs `atheris` (development only). It stops at the first exception that is not the engine's own.
"""

from __future__ import annotations

import random
import sys

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["forms"]):
    from forms.errors import FormError
    from forms.submission_reading import read
    from forms.xform import load
    from forms.xpath import compile_expression

from tests.forms.fuzzing import PLACES, SMALL, changed, changed_words, listed_from, tried, worked


def one(data: bytes) -> None:
    """One try: the first byte chooses what is broken, the rest is how."""
    told = atheris.FuzzedDataProvider(data)
    kind = told.ConsumeIntInRange(0, 6)
    if kind < 3:
        chance = random.Random(told.ConsumeUInt(8))
        form = (changed_words if kind else changed)(SMALL, chance)
        tried(lambda: worked(form))
    elif kind == 3:
        name = told.PickValueInList(["x.csv", "x.xml", "x.geojson"])
        rest = told.ConsumeBytes(4_000)
        tried(lambda: listed_from(name, rest))
    elif kind == 4:
        words = told.ConsumeUnicodeNoSurrogates(400)
        tried(lambda: compile_expression(words))
    elif kind == 5:
        rest = told.ConsumeBytes(4_000)
        tried(lambda: read(FORM, rest, new_id=lambda: "1"))
    else:
        path, value = told.ConsumeUnicodeNoSurrogates(30), told.ConsumeUnicodeNoSurrogates(30)
        tried(lambda: worked(SMALL, {path: value, "kid/1/@order": value}))


FORM = load(SMALL, {"places.csv": PLACES})

if __name__ == "__main__":
    assert issubclass(FormError, Exception)
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
