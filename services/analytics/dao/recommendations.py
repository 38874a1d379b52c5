"""Stored recommendations: the id stays while one holds; dismissals are remembered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, Row, Uuid, bindparam, case, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.ids import uuid7
from services.analytics.domain.recommend.suggestion import (
    AppliedChange,
    Recommendation,
    Suggestion,
)
from services.analytics.tables import RECOMMENDATIONS

_FIRST_AND_LAST_DONE = text("""
    SELECT asked.habit_id, first.day AS first_day, last.day AS last_day
    FROM unnest(:habit_ids) AS asked (habit_id)
    CROSS JOIN LATERAL (
        SELECT d.day FROM analytics.days AS d
        WHERE d.habit_id = asked.habit_id AND (d.mark = 'done' OR d.amount_thousandths > 0)
        ORDER BY d.day LIMIT 1) AS first
    CROSS JOIN LATERAL (
        SELECT d.day FROM analytics.days AS d
        WHERE d.habit_id = asked.habit_id AND (d.mark = 'done' OR d.amount_thousandths > 0)
            AND d.day <= :today
        ORDER BY d.day DESC LIMIT 1) AS last
""").bindparams(bindparam("habit_ids", type_=ARRAY(Uuid)))


async def list_first_and_last_done(
    session: AsyncSession, habit_ids: Sequence[UUID], *, today: date
) -> dict[UUID, tuple[date, date]]:
    """Return the first and the last day on which each habit was done; without those never done."""
    values = {"habit_ids": list(habit_ids), "today": today}
    rows = await session.execute(_FIRST_AND_LAST_DONE, values)
    return {row.habit_id: (row.first_day, row.last_day) for row in rows}


async def list_dismissed(
    session: AsyncSession, owner_id: UUID, *, since: datetime
) -> set[tuple[str, UUID | None]]:
    """Return rule and habit of the recommendations that a person dismissed since a moment."""
    dismissed = select(RECOMMENDATIONS.c.rule, RECOMMENDATIONS.c.habit_id).where(
        RECOMMENDATIONS.c.owner_id == owner_id, RECOMMENDATIONS.c.dismiss_time > since
    )
    return {(row.rule, row.habit_id) for row in await session.execute(dismissed)}


async def upsert_recommendations(
    session: AsyncSession, owner_id: UUID, given: Sequence[Suggestion], *, now: datetime
) -> list[Recommendation]:
    """Store the suggestions that hold now and return them with their ids, in the same order.

    One that held before keeps its id, its create time and its change; one that no longer holds is
    marked so.
    """
    await _mark_lapsed(session, owner_id, given)
    if not given:
        return []
    rows = [
        {
            "id": uuid7(),
            "owner_id": owner_id,
            "rule": suggestion.rule,
            "habit_id": suggestion.habit_id,
            "text": suggestion.text,
            "evidence": dict(suggestion.evidence),
            "action": dict(suggestion.action),
            "weight": suggestion.weight,
            "holds": True,
            "create_time": now,
        }
        for suggestion in given
    ]
    offered = insert(RECOMMENDATIONS).values(rows)
    columns = ("text", "evidence", "action", "weight", "holds")
    held = RECOMMENDATIONS.c.holds
    fresh = ("change", "apply_time", "undo_time")
    kept = offered.on_conflict_do_update(
        index_elements=["owner_id", "rule", "habit_id"],
        set_={column: offered.excluded[column] for column in columns}
        | {"create_time": case((held, RECOMMENDATIONS.c.create_time), else_=now)}
        | {name: case((held, RECOMMENDATIONS.c[name]), else_=None) for name in fresh},
    ).returning(RECOMMENDATIONS)
    by_subject = {(row.rule, row.habit_id): row for row in await session.execute(kept)}
    return [
        _recommendation(by_subject[suggestion.rule, suggestion.habit_id]) for suggestion in given
    ]


async def find_recommendation(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID
) -> Recommendation | None:
    """Return a person's recommendation, also one that no longer holds."""
    theirs = (RECOMMENDATIONS.c.owner_id == owner_id) & (RECOMMENDATIONS.c.id == recommendation_id)
    row = (await session.execute(select(RECOMMENDATIONS).where(theirs))).first()
    return None if row is None else _recommendation(row)


async def lock_recommendation(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID
) -> Recommendation | None:
    """Return a person's recommendation, locked until the transaction ends."""
    theirs = (RECOMMENDATIONS.c.owner_id == owner_id) & (RECOMMENDATIONS.c.id == recommendation_id)
    found = select(RECOMMENDATIONS).where(theirs).with_for_update()
    row = (await session.execute(found)).first()
    return None if row is None else _recommendation(row)


async def update_change(session: AsyncSession, recommendation: Recommendation) -> None:
    """Store what applying or undoing a recommendation changed; one that is applied is hidden."""
    values: dict[str, Any] = {
        "change": msgspec.to_builtins(recommendation.change),
        "apply_time": recommendation.apply_time,
        "undo_time": recommendation.undo_time,
    }
    if recommendation.is_applied:
        values |= {"dismiss_time": recommendation.apply_time, "holds": False}
    changed = update(RECOMMENDATIONS).where(RECOMMENDATIONS.c.id == recommendation.id)
    await session.execute(changed.values(values))


async def dismiss(
    session: AsyncSession, owner_id: UUID, recommendation_id: UUID, *, now: datetime
) -> bool:
    """Mark a recommendation as dismissed; False if the person has no such one."""
    theirs = (RECOMMENDATIONS.c.owner_id == owner_id) & (RECOMMENDATIONS.c.id == recommendation_id)
    change = update(RECOMMENDATIONS).where(theirs).values(dismiss_time=now)
    return (await session.scalar(change.returning(RECOMMENDATIONS.c.id))) is not None


async def _mark_lapsed(session: AsyncSession, owner_id: UUID, given: Sequence[Suggestion]) -> None:
    holding = [(suggestion.rule, suggestion.habit_id) for suggestion in given]
    held = select(RECOMMENDATIONS.c.id, RECOMMENDATIONS.c.rule, RECOMMENDATIONS.c.habit_id).where(
        RECOMMENDATIONS.c.owner_id == owner_id, RECOMMENDATIONS.c.holds
    )
    lapsed = [
        row.id for row in await session.execute(held) if (row.rule, row.habit_id) not in holding
    ]
    if lapsed:
        lapse = update(RECOMMENDATIONS).where(RECOMMENDATIONS.c.id.in_(lapsed))
        await session.execute(lapse.values(holds=False))


def _recommendation(row: Row[Any]) -> Recommendation:
    suggestion = Suggestion(
        rule=row.rule,
        habit_id=row.habit_id,
        text=row.text,
        evidence=row.evidence,
        action=row.action,
        weight=row.weight,
    )
    return Recommendation(
        id=row.id,
        suggestion=suggestion,
        create_time=row.create_time,
        change=None if row.change is None else msgspec.convert(row.change, AppliedChange),
        apply_time=row.apply_time,
        undo_time=row.undo_time,
    )
