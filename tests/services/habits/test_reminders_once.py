"""Nothing lost, nothing twice: ticks at once, crashes, edits between."""

import asyncio
from datetime import date

import pytest

from chassis.errors import Unavailable
from chassis.ids import list_uuid7
from services.habits import events
from services.habits.dao import due_batches as dao
from services.habits.use_cases import due_reminders
from services.habits.use_cases.shared_decisions import SharedDecisions
from tests.services.habits.reminder_home import ReminderHome, a_reminder, at


class TestEdits:
    async def test_a_changed_time_counts_at_once(self, home: ReminderHome) -> None:
        reminder = a_reminder("08:00")
        habit = await home.habit(reminder, now=at("2026-11-23 06:00"))
        moved = a_reminder("18:00")
        await home.edit(habit, now=at("2026-11-23 09:00"), reminders=(moved,))
        assert await home.look_times(habit) == [at("2026-11-23 18:00")]

    async def test_what_rang_today_does_not_ring_again_under_its_id(
        self, home: ReminderHome
    ) -> None:
        reminder = a_reminder("08:00")
        habit = await home.habit(reminder, now=at("2026-11-23 06:00"))
        await home.tick("2026-11-23 08:00")
        later = a_reminder("18:00")
        same = type(reminder)(reminder.id, later.local_time)
        await home.edit(habit, now=at("2026-11-23 09:00"), reminders=(same,))
        assert await home.look_times(habit) == [at("2026-11-24 18:00")]

    async def test_another_title_leaves_nags_under_way(self, home: ReminderHome) -> None:
        habit = await home.habit(a_reminder("08:00", nag_minutes=60), now=at("2026-11-23 06:00"))
        await home.tick("2026-11-23 08:00")
        await home.edit(habit, now=at("2026-11-23 08:30"), title="Drink more water")
        assert await home.look_times(habit) == [at("2026-11-23 09:00")]
        assert (await home.tick("2026-11-23 09:00"))[-1].title == "Drink more water"

    async def test_a_reminder_that_is_gone_is_silent(self, home: ReminderHome) -> None:
        habit = await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
        await home.edit(habit, now=at("2026-11-23 07:00"), reminders=())
        assert await home.tick("2026-11-23 08:00") == []


class TestOnce:
    """Nothing lost, nothing twice, whatever happens between."""

    async def test_ticks_at_the_same_moment_share_what_is_due(self, home: ReminderHome) -> None:
        for _ in range(60):
            await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
        now = at("2026-11-23 08:00")
        ticks = [due_reminders.remind_due(home.database, now=now) for _ in range(4)]
        tallies = await asyncio.gather(*ticks)
        events = [event.habit_id for event in await home.events()]
        assert len(events) == len(set(events)) == 60
        assert sum(tally.sent_count for tally in tallies) == 60

    async def test_a_crash_between_claim_and_commit_loses_and_repeats_nothing(
        self, home: ReminderHome
    ) -> None:
        await home.habit(a_reminder("08:00"), now=at("2026-11-23 06:00"))
        now = at("2026-11-23 08:00")

        async def crash() -> None:
            async with home.database.connection() as connection, connection.transaction():
                claimed = await dao.claim(connection, now=now)
                decisions = SharedDecisions(now)
                writes, _ = decisions.assign(claimed, list_uuid7(len(claimed)))
                common = events.REMINDER_TYPE, events.REMINDER_ROUTING_KEY, "", ""
                await dao.write_shared(connection, writes, decisions.decisions, common, now=now)
                await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        with pytest.raises(Unavailable):
            await crash()
        assert await home.events() == []
        assert len(await home.tick("2026-11-23 08:00:05")) == 1
        assert len(await home.tick("2026-11-23 08:00:10")) == 1

    async def test_a_slot_that_rang_under_another_zone_stays_rung(self, home: ReminderHome) -> None:
        """Even if its moment is set back behind everybody's back, the firing row says no."""
        reminder = a_reminder("08:00")
        habit = await home.habit(reminder, now=at("2026-11-23 06:00"))
        await home.tick("2026-11-23 08:00")
        async with home.database.connection() as connection:
            await connection.execute(
                """
                UPDATE habits.reminders SET look_time = $2, due_time = $2, due_date = $3, slot = 0
                WHERE habit_id = $1""",
                habit.id,
                at("2026-11-23 09:00"),
                date(2026, 11, 23),
            )
        assert len(await home.tick("2026-11-23 09:00")) == 1

    async def test_more_than_a_batch_is_due_at_once(self, home: ReminderHome) -> None:
        habit = await home.habit(a_reminder("07:00"), now=at("2026-11-23 06:00"))
        async with home.database.connection() as connection:
            await connection.execute(
                """
                INSERT INTO habits.reminders
                SELECT habit_id, gen_random_uuid(), look_time, due_time, local_time, due_date,
                       handled_date, nag_minutes, slot, weekdays, text
                FROM habits.reminders, generate_series(1, 2400) WHERE habit_id = $1""",
                habit.id,
            )
        assert len(await home.tick("2026-11-23 07:00")) == 2401
