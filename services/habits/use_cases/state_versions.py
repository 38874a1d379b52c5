"""Checks whether answers that were given before are what would be answered now."""

from collections.abc import Sequence
from datetime import datetime

from chassis.database import Connection
from services.habits.dao import state_versions as dao
from services.habits.domain.people import Person
from services.habits.domain.state_version import StateVersion, digest_of


async def check_state_versions(
    connection: Connection,
    checks: Sequence[tuple[Person, StateVersion | None]],
    *,
    now: datetime,
) -> list[tuple[StateVersion, bool]]:
    """Return the present version of each person, and whether it is as it was; in order.

    Args:
        connection: A connection outside of any transaction: what was committed before counts.
        checks: Each person, with the version that is known.
        now: The moment answers are as of.
    """
    people = [person for person, _ in checks]
    found: list[tuple[StateVersion, bool]] = []
    states = await dao.list_present_states(connection, people) if people else []
    for state, (_, known) in zip(states, checks, strict=True):
        digest = digest_of(state, now)
        if known is not None and state.is_unchanged_since(known, digest):
            found.append((known, True))
        else:
            found.append((StateVersion(digest, state.first_open), False))
    return found
