import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.database import Database
from chassis.rpc.idempotency import RequestIdInvalid, RequestIdReused, respond_once
from contracts.habits.v1.habit_pb2 import Pause
from contracts.habits.v1.habit_service_pb2 import (
    CreateHabitRequest,
    CreateHabitResponse,
    CreatePauseRequest,
    CreatePauseResponse,
)
from tests.chassis.sample.tables import REPLAYS

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
OWNER = uuid4()


class IdempotentPause:
    """An rpc with `respond_once`, which counts how often the request is really handled."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.done = 0

    async def __call__(
        self, request: CreatePauseRequest, *, owner_id: UUID = OWNER, now: datetime = NOW
    ) -> CreatePauseResponse:
        async with self.database.transaction() as session:

            async def respond() -> CreatePauseResponse:
                self.done += 1
                await asyncio.sleep(0.05)
                return CreatePauseResponse(pause=Pause(id=f"pause {self.done}"))

            return await respond_once(
                session, REPLAYS, request, CreatePauseResponse, respond, owner_id=owner_id, now=now
            )


@pytest.fixture
def create_pause(database: Database) -> IdempotentPause:
    return IdempotentPause(database)


def pause_request(reason: str = "ill", request_id: str | None = None) -> CreatePauseRequest:
    return CreatePauseRequest(
        pause=Pause(reason=reason), request_id=str(uuid4()) if request_id is None else request_id
    )


async def test_the_same_request_gets_the_same_answer(create_pause: IdempotentPause) -> None:
    request = pause_request()
    first = await create_pause(request)
    assert await create_pause(request) == first
    assert create_pause.done == 1


async def test_two_at_once_are_done_once(create_pause: IdempotentPause) -> None:
    request = pause_request()
    answers = await asyncio.gather(*(create_pause(request) for _ in range(5)))
    assert [answer.pause.id for answer in answers] == ["pause 1"] * 5


async def test_another_body_under_the_same_id_is_refused(create_pause: IdempotentPause) -> None:
    request = pause_request()
    await create_pause(request)
    with pytest.raises(RequestIdReused):
        await create_pause(pause_request("tired", request.request_id))
    assert create_pause.done == 1


async def test_another_rpc_under_the_same_id_is_refused(create_pause: IdempotentPause) -> None:
    request = pause_request()
    await create_pause(request)
    other = CreateHabitRequest(request_id=request.request_id)

    async def respond() -> CreateHabitResponse:
        raise AssertionError("it must not be done")

    with pytest.raises(RequestIdReused):
        async with create_pause.database.transaction() as session:
            await respond_once(
                session, REPLAYS, other, CreateHabitResponse, respond, owner_id=OWNER, now=NOW
            )


async def test_ids_of_different_callers_never_meet(create_pause: IdempotentPause) -> None:
    request = pause_request()
    assert await create_pause(request, owner_id=uuid4()) != await create_pause(
        request, owner_id=uuid4()
    )


async def test_after_a_day_it_is_a_new_request(create_pause: IdempotentPause) -> None:
    request = pause_request()
    first = await create_pause(request)
    assert await create_pause(request, now=NOW + timedelta(hours=23, minutes=59)) == first
    again = await create_pause(request, now=NOW + timedelta(hours=24))
    assert again.pause.id == "pause 2"
    assert await create_pause(request, now=NOW + timedelta(hours=25)) == again


async def test_what_failed_was_not_done_and_may_be_tried_again(
    create_pause: IdempotentPause, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = pause_request()

    async def fail(_: float) -> None:
        raise LookupError

    with monkeypatch.context() as broken:
        broken.setattr(asyncio, "sleep", fail)
        with pytest.raises(LookupError):
            await create_pause(request)
    assert (await create_pause(request)).pause.id == "pause 2"


async def test_without_an_id_every_request_is_new(create_pause: IdempotentPause) -> None:
    assert await create_pause(pause_request(request_id="")) != await create_pause(
        pause_request(request_id="")
    )


async def test_an_id_is_a_uuid(create_pause: IdempotentPause) -> None:
    with pytest.raises(RequestIdInvalid):
        await create_pause(pause_request(request_id="mine"))
