"""What waits: changes of a newer schema, and the clocks of safeguarding."""

from pathlib import Path
from typing import Any

import click

from sync.server.clock import real_clock
from sync.server.database import one
from sync.server.desk import at_desk
from sync.server.verbs.core import verb


@verb("held")
@click.option("--try", "again", is_flag=True, help="Try them again now, as serving does when it starts.")
def held_changes(data: Path, dsn: str | None, again: bool) -> dict[str, Any]:
    """How many changes wait because a newer fieldkit wrote them; or try them again."""
    from sync.server import held, retrying

    with at_desk(data, dsn) as desk, one(desk.dsn) as connection:
        told = retrying.try_held(connection, real_clock()) if again else {}
        return {**told, "held": held.count(connection)}
