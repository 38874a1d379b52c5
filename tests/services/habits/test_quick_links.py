"""Quick links: an address that checks one habit in, once a tap, until it is deleted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from chassis.rpc.channel import connect
from contracts.habits.v1 import quick_link_service_pb2
from contracts.habits.v1.check_in_pb2 import MARK_DONE
from contracts.habits.v1.habit_pb2 import MEASURE_QUANTITY, Goal, Habit
from contracts.habits.v1.habit_service_pb2 import DeleteHabitRequest
from contracts.habits.v1.quick_link_service_pb2 import (
    CreateQuickLinkRequest,
    CreateQuickLinkResponse,
    DeleteQuickLinkRequest,
    GetQuickLinkRequest,
    ListQuickLinksRequest,
    QuickLink,
    UseQuickLinkRequest,
    UseQuickLinkResponse,
)
from contracts.habits.v1.quick_link_service_pb2_grpc import QuickLinkServiceStub
from services.habits.domain.limits import MAX_QUICK_LINKS
from tests.services.habits.api_calls import archive
from tests.services.habits.habits_server import TODAY, HabitsServer, Person, ago, refused

LITER = Goal(amount="1000")


@pytest.fixture
async def links(habits: HabitsServer) -> AsyncIterator[QuickLinkServiceStub]:
    async with connect(habits.target, quick_link_service_pb2.DESCRIPTOR) as channel:
        yield QuickLinkServiceStub(channel)


def metadata_of(person: Person) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {person.token}"),)


async def create(
    links: QuickLinkServiceStub, person: Person, habit: Habit, **fields: Any
) -> CreateQuickLinkResponse:
    request = CreateQuickLinkRequest(quick_link=QuickLink(habit_id=habit.id, **fields))
    return await links.CreateQuickLink(request, metadata=metadata_of(person))


async def use(links: QuickLinkServiceStub, secret: str) -> UseQuickLinkResponse:
    return await links.UseQuickLink(UseQuickLinkRequest(secret=secret))


async def list_ids(links: QuickLinkServiceStub, person: Person, **page: Any) -> list[str]:
    """Return the ids of a person's links, over all pages."""
    found, request = list[str](), ListQuickLinksRequest(**page)
    while True:
        response = await links.ListQuickLinks(request, metadata=metadata_of(person))
        found += [link.id for link in response.quick_links]
        if not response.next_page_token:
            return found
        request.page_token = response.next_page_token


async def test_a_use_is_the_owners_check_in_of_today(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    run = await ann.makes("Run", start_date=str(ago(3)))
    created = await create(links, ann, run, title="Tag on the door")
    used = await use(links, created.secret)
    assert used.quick_link.habit_title == "Run"
    assert not used.repeated_tap
    assert used.outcome.changed
    assert used.outcome.check_in.check_in_date == str(TODAY)
    assert used.outcome.check_in.mark == MARK_DONE
    assert (await ann.looks_at(run)).check_in_count == 1


async def test_a_second_tap_within_ten_seconds_counts_for_nothing(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    water = await ann.makes("Water", measure=MEASURE_QUANTITY, goal=LITER, unit="ml")
    secret = (await create(links, ann, water, amount="250.5")).secret
    assert (await use(links, secret)).outcome.check_in.amount == "250.5"
    habits.clock.advance(timedelta(seconds=9))
    again = await use(links, secret)
    assert again.repeated_tap
    assert not again.HasField("outcome")
    habits.clock.advance(timedelta(seconds=1))
    assert (await use(links, secret)).outcome.check_in.amount == "501"


async def test_taps_at_the_same_moment_count_once(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    water = await ann.makes("Water", measure=MEASURE_QUANTITY, goal=LITER)
    secret = (await create(links, ann, water, amount="1")).secret
    taps = await asyncio.gather(*(use(links, secret) for _ in range(8)))
    assert [tap.repeated_tap for tap in taps].count(False) == 1
    habits.clock.advance(timedelta(minutes=1))
    assert (await use(links, secret)).outcome.check_in.amount == "2"


async def test_a_refused_use_is_no_tap(habits: HabitsServer, links: QuickLinkServiceStub) -> None:
    ann = habits.person()
    run = await ann.makes("Run")
    secret = (await create(links, ann, run)).secret
    archived = await archive(ann, run)
    with refused("HABIT_ARCHIVED"):
        await use(links, secret)
    with refused("HABIT_ARCHIVED"):
        await use(links, secret)
    assert archived.id == run.id


async def test_looking_changes_nothing(habits: HabitsServer, links: QuickLinkServiceStub) -> None:
    ann = habits.person(locale="ru")
    run = await ann.makes("Бег")
    secret = (await create(links, ann, run)).secret
    shown = await links.GetQuickLink(GetQuickLinkRequest(secret=secret))
    assert (shown.habit_title, shown.locale, shown.amount) == ("Бег", "ru", "")
    assert (await ann.looks_at(run)).check_in_count == 0


async def test_a_link_works_until_it_or_its_habit_is_deleted(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    run = await ann.makes("Run")
    first, second = [await create(links, ann, run) for _ in range(2)]
    request = DeleteQuickLinkRequest(quick_link_id=first.quick_link.id)
    await links.DeleteQuickLink(request, metadata=metadata_of(ann))
    with refused("QUICK_LINK_NOT_FOUND"):
        await use(links, first.secret)
    assert await list_ids(links, ann) == [second.quick_link.id]
    await ann.habits.DeleteHabit(DeleteHabitRequest(habit_id=run.id))
    with refused("QUICK_LINK_NOT_FOUND"):
        await use(links, second.secret)
    with refused("QUICK_LINK_NOT_FOUND"):
        await links.GetQuickLink(GetQuickLinkRequest(secret=second.secret))
    assert await list_ids(links, ann) == []


async def test_links_of_others_are_not_found(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann, bob = habits.person(), habits.person()
    run = await ann.makes("Run")
    link = (await create(links, ann, run)).quick_link
    with refused("HABIT_NOT_FOUND"):
        await create(links, bob, run)
    assert await list_ids(links, bob) == []
    for id_ in (link.id, "nothing"):
        with refused("QUICK_LINK_NOT_FOUND"):
            request = DeleteQuickLinkRequest(quick_link_id=id_)
            await links.DeleteQuickLink(request, metadata=metadata_of(bob))


async def test_the_amount_fits_the_measure(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    run = await ann.makes("Run")
    water = await ann.makes("Water", measure=MEASURE_QUANTITY, goal=LITER)
    with refused("AMOUNT_ON_YES_NO"):
        await create(links, ann, run, amount="1")
    with refused("AMOUNT_MISSING"):
        await create(links, ann, water)
    for amount in ("-1", "NaN", "1e30", "x"):
        with refused("AMOUNT_OUT_OF_RANGE"):
            await create(links, ann, water, amount=amount)
    with refused("FIELD_TOO_LONG"):
        await create(links, ann, run, title="x" * 121)


async def test_links_are_listed_in_pages_and_limited(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    run = await ann.makes("Run")
    created = [(await create(links, ann, run)).quick_link.id for _ in range(MAX_QUICK_LINKS)]
    assert await list_ids(links, ann, page_size=70) == created
    with refused("TOO_MANY_QUICK_LINKS"):
        await create(links, ann, run)


async def test_the_database_holds_no_secret(
    habits: HabitsServer, links: QuickLinkServiceStub
) -> None:
    ann = habits.person()
    created = await create(links, ann, await ann.makes("Run"))
    assert len(created.secret) >= 43  # 256 bits
    async with habits.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM habits.quick_links WHERE owner_id = $1", ann.caller.id
        )
    assert len(rows) == 1
    assert created.secret not in str(rows)
