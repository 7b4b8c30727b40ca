"""Tell many stories: `python -m tests.sync.story.run --examples 3000`. Prints each seed with its stories and steps.

A seed that fails is printed with its story, as short as it could be made, and the next one goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback

from tests.central_fixture import ground
from tests.sync.story.machine import play
from tests.sync.story.world import stage

BATCH = 10
"""Stories of one seed."""


def main() -> int:
    """How many seeds failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=3_000)
    asked.add_argument("--steps", type=int, default=40)
    asked.add_argument("--seed", type=int, default=1, help="The first seed.")
    told = asked.parse_args()
    stories, steps, failed, begun = 0, 0, [], time.monotonic()
    with ground() as soil:
        for number in range(told.seed, told.seed + -(-told.examples // BATCH)):
            with stage(soil) as made:
                try:
                    count = play(made, BATCH, told.steps, number)
                    stories, steps = stories + count.stories, steps + count.steps
                    said = f"seed {number}: {count.stories} stories, {count.steps} steps"
                except BaseException as wrong:
                    if isinstance(wrong, KeyboardInterrupt):
                        raise
                    failed.append(number)
                    said = f"seed {number}: FAILED\n{''.join(traceback.format_exception(wrong))[-6_000:]}"
            sys.stdout.write(f"{said} ({time.monotonic() - begun:.0f} s)\n")
            sys.stdout.flush()
    sys.stdout.write(f"{stories} stories, {steps} steps, {time.monotonic() - begun:.0f} s, failed seeds: {failed}\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
