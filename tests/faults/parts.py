"""The parts of the scorecard's report: for which rows, by which command, and which of its lines are figures."""

from __future__ import annotations

from dataclasses import dataclass

TESTS = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
LONG = (*TESTS, "-m", "long")
ALL = (*TESTS, "-m", "long or not long")
QUICK = (*TESTS, "-m", "not long")
PASSED = r"^\d+ (passed|failed)|^FAILED"
LINES = r"^(ok  |FAIL|MISS)"
NONE = {"points": "0", "errors": "0", "states": "0", "damages": "0", "fills": "0", "migrations": "0"}


@dataclass(frozen=True, slots=True)
class Part:
    """One command and the rows it is for."""

    rows: tuple[int, ...]
    command: tuple[str, ...]
    quick: tuple[str, ...] = ()
    """The command for a bounded share; empty for the same."""
    figure: str = PASSED
    """Which lines of what it prints are figures, as a pattern."""

    def words(self, quick: bool) -> tuple[str, ...]:
        """What is run."""
        return self.quick if quick and self.quick else self.command


def faults(name: str, full: int, share: int, *rows: int) -> Part:
    """A part of `tests.faults.run` alone."""

    def words(many: int) -> tuple[str, ...]:
        told = {**NONE, name: str(many)}
        return ("-m", "tests.faults.run", *(word for each, count in told.items() for word in (f"--{each}", count)))

    return Part(rows, words(full), words(share), LINES)


def by_tests(*paths: str, rows: tuple[int, ...], full: tuple[str, ...] = QUICK) -> Part:
    """A set of tests: in full as it says, for a share the quick ones."""
    return Part(rows, (*full, *paths), (*QUICK, *paths))


PARTS = (
    by_tests("tests/faults/test_disks.py", rows=(6,), full=ALL),
    by_tests("tests/trips/test_keys.py", "tests/trips/test_forked.py", rows=(8, 44)),
    Part((9, 10, 11, 16), ("tests/faults/leaks.py",), ("tests/faults/leaks.py", "--quick"), r"^(row|forms|notes)"),
    Part(
        (12, 13, 14),
        ("tests/bench/keys_bench.py", "3"),
        figure=r"Argon2id|unlock,|wrong|change|removal|recovery|memory",
    ),
    by_tests("tests/fieldkit/vault/test_key_file.py", "tests/fieldkit/test_vault.py", rows=(15, 52)),
    by_tests("tests/fieldkit/store/test_durable.py", rows=(17,)),
    Part(
        (18,),
        ("tests/bench/store_bench.py", "--plain", "20000"),
        ("tests/bench/store_bench.py", "--people", "600", "--plain", "600"),
        LINES,
    ),
    by_tests("tests/fieldkit/tui/test_hostile.py", rows=(19, 20, 22, 24), full=ALL),
    by_tests("tests/trips/test_texts_carried.py", rows=(21,)),
    by_tests("tests/fieldkit/exports", rows=(23,), full=ALL),
    by_tests("tests/sync/faults/test_every_request.py", rows=(25,), full=ALL),
    by_tests("tests/sync/faults/test_faults.py", rows=(26,), full=ALL),
    by_tests("tests/sync/client/test_http.py", rows=(27,)),
    by_tests("tests/sync/client/test_patience.py", rows=(28,)),
    by_tests("tests/sync/faults/test_memory.py", "tests/sync/server/test_bad_input.py", rows=(29,), full=ALL),
    by_tests("tests/sync/faults/test_kills.py", rows=(32,), full=ALL),
    by_tests("tests/sync/server/test_put_back.py", rows=(33,)),
    by_tests("tests/sync/story", rows=(34,), full=ALL),
    by_tests("tests/sync/merge", rows=(35,), full=ALL),
    by_tests("tests/trips/test_evidence.py", "tests/trips/test_keys.py", "tests/fieldkit/casework", rows=(36,)),
    by_tests("tests/sync/server/test_matrix.py", "tests/sync/server/test_who_may_see.py", rows=(38, 39)),
    by_tests("tests/sync/server/test_openapi.py", rows=(40,), full=ALL),
    by_tests("tests/sync/server/test_signin_tokens.py", rows=(42,)),
    by_tests("tests/trips/test_lost_laptop.py", "tests/sync/server/test_breach_report.py", rows=(43, 50)),
    Part((45,), ("tests/bench/evidence_bench.py",), figure=r"^(chain|broken)"),
    by_tests("tests/packaging/test_verify_evidence.py", rows=(46,), full=ALL),
    by_tests("tests/trips/test_sharing.py", rows=(47,)),
    by_tests("tests/sync/server/test_erasing.py", rows=(51,)),
    by_tests("tests/faults/test_said_aloud.py", rows=(53,), full=ALL),
    Part((41,), ("-m", "tests.faults.fuzz", "120"), ("-m", "tests.faults.fuzz", "8"), r"tries"),
    Part(
        (55,),
        ("packaging/papers/soak.py", "--hours", "8"),
        ("packaging/papers/soak.py", "--hours", "0.02"),
        r"steps|MiB|handles",
    ),
    faults("migrations", 400, 10, 37),
    faults("damages", 1_000, 10, 7),
    faults("fills", 30, 3, 5),
    faults("states", 1_000, 60, 3, 4),
    faults("errors", 12, 1, 2),
    faults("points", 1_000, 12, 1),
)
