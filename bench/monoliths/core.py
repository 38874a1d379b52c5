"""The usual careful one: SQLAlchemy Core, a transaction per request."""

import datetime
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import Column, Date, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import create_async_engine

from bench.monoliths.work import EVENT, answer, database_url, owner_of, verifier
from chassis.ids import uuid7

_metadata = MetaData(schema="bench")
_habits = Table("habits", _metadata, Column("id", Uuid, primary_key=True), Column("owner_id", Uuid))
_days = Table(
    "days",
    _metadata,
    Column("habit_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("mark", SmallInteger),
)
_outbox = Table(
    "outbox",
    _metadata,
    Column("id", Uuid, primary_key=True),
    Column("type", Text),
    Column("body", LargeBinary),
)
_engine = create_async_engine(
    database_url().replace("postgresql://", "postgresql+asyncpg://"), pool_size=16
)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await _engine.dispose()


app = FastAPI(lifespan=_lifespan)
_verify = verifier()


@app.post("/v1/habits/{habit_id}/check-ins", status_code=201)
async def check_in(habit_id: uuid.UUID, request: Request) -> dict[str, Any]:
    owner = owner_of(request, _verify)
    day = (await request.json())["date"]
    async with _engine.begin() as connection:
        own = select(_habits.c.id).where(_habits.c.id == habit_id, _habits.c.owner_id == owner)
        if not await connection.scalar(own):
            raise HTTPException(404)
        upsert = insert(_days).values(
            habit_id=habit_id, day=datetime.date.fromisoformat(day), mark=1
        )
        await connection.execute(
            upsert.on_conflict_do_update(
                index_elements=[_days.c.habit_id, _days.c.day], set_={"mark": upsert.excluded.mark}
            )
        )
        await connection.execute(
            insert(_outbox).values(id=uuid7(), type=EVENT, body=str(habit_id).encode())
        )
    return answer(habit_id, day)
