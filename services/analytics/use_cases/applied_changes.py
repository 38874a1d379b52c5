"""Applies recommendations, and undoes that: the habit itself is changed by the habits service."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.analytics.dao import recommendations as dao
from services.analytics.domain.errors import (
    HabitChangedSince,
    NothingToApply,
    RecommendationNotApplied,
    RecommendationNotFound,
)
from services.analytics.domain.recommend.suggestion import AppliedChange, Recommendation
from services.analytics.habits_client import HabitGateway

INTERRUPTED_WITHIN = timedelta(hours=1)
"""A change begun so recently was interrupted, and is what it is applied again for."""


async def begin_change(
    session: AsyncSession,
    habits: HabitGateway,
    owner_id: UUID,
    recommendation_id: UUID,
    *,
    now: datetime,
) -> None:
    """Store what a recommendation will change as it is now, unless it is applied already.

    This is committed before the habit is changed: an undo is right also when what comes next is
    interrupted.

    Raises:
        RecommendationNotFound: The person has no such recommendation.
        NothingToApply: It has no action.
    """
    found = await _lock(session, owner_id, recommendation_id)
    suggestion = found.suggestion
    if found.is_applied:
        return
    if not suggestion.action:
        raise NothingToApply(recommendation_id)
    begun = found.change
    if begun and begun.after is None and now - begun.begin_time < INTERRUPTED_WITHIN:
        return
    before = await habits.read(suggestion.habit_id, suggestion.action)
    change = AppliedChange(action=suggestion.action, before=before, begin_time=now)
    await dao.update_change(session, replace(found, change=change, apply_time=None, undo_time=None))


async def carry_out_change(
    session: AsyncSession,
    habits: HabitGateway,
    owner_id: UUID,
    recommendation_id: UUID,
    *,
    now: datetime,
) -> Recommendation:
    """Change the habit as was begun, and return the applied recommendation; a repeat does nothing.

    Raises:
        HabitNotFound: The habit was deleted.
        HabitChangedSince: Somebody edited it at the same moment.
        HabitChangeRefused: The habits service refuses.
    """
    found = await _lock(session, owner_id, recommendation_id)
    change, habit_id = found.change, found.suggestion.habit_id
    if found.is_applied or change is None:
        return found
    request_id = uuid5(found.id, change.begin_time.isoformat())
    await habits.change(habit_id, change.action, request_id=request_id)
    after = await habits.read(habit_id, change.action)
    applied = replace(found, change=replace(change, after=after), apply_time=now, undo_time=None)
    await dao.update_change(session, applied)
    return applied


async def undo_change(
    session: AsyncSession,
    habits: HabitGateway,
    owner_id: UUID,
    recommendation_id: UUID,
    *,
    now: datetime,
) -> Recommendation:
    """Restore what a recommendation changed, and return it; a repeat does nothing.

    Raises:
        RecommendationNotFound: The person has no such recommendation.
        RecommendationNotApplied: It was not applied.
        HabitChangedSince: What it changed was changed since.
        HabitNotFound: The habit was deleted.
        HabitChangeRefused: The habits service refuses.
    """
    found = await _lock(session, owner_id, recommendation_id)
    change, habit_id = found.change, found.suggestion.habit_id
    if found.apply_time is None or change is None or change.after is None:
        raise RecommendationNotApplied(recommendation_id)
    if found.undo_time is not None:
        return found
    current = await habits.read(habit_id, change.action)
    if current != change.before:  # else it is as it was: an undo was interrupted
        if current != change.after:
            raise HabitChangedSince(habit_id)
        await habits.restore(habit_id, change.action, change.before, change.after)
    undone = replace(found, undo_time=now)
    await dao.update_change(session, undone)
    return undone


async def _lock(session: AsyncSession, owner_id: UUID, recommendation_id: UUID) -> Recommendation:
    found = await dao.lock_recommendation(session, owner_id, recommendation_id)
    if found is None:
        raise RecommendationNotFound(recommendation_id)
    return found
