"""The one most people write: SQLAlchemy ORM, a session per request, objects all the way."""

import datetime
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.monoliths.work import EVENT, answer, database_url, owner_of, verifier
from chassis.ids import uuid7


class Base(DeclarativeBase):
    pass


class HabitRow(Base):
    __tablename__ = "habits"
    __table_args__ = ({"schema": "bench"},)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[uuid.UUID]
    title: Mapped[str]


class DayRow(Base):
    __tablename__ = "days"
    __table_args__ = ({"schema": "bench"},)
    habit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    day: Mapped[datetime.date] = mapped_column(primary_key=True)
    mark: Mapped[int]


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = ({"schema": "bench"},)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    body: Mapped[bytes]


_engine = create_async_engine(
    database_url().replace("postgresql://", "postgresql+asyncpg://"), pool_size=16
)
_sessions = async_sessionmaker(_engine)


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
    async with _sessions.begin() as session:
        own = select(HabitRow).where(HabitRow.id == habit_id, HabitRow.owner_id == owner)
        if await session.scalar(own) is None:
            raise HTTPException(404)
        key = (habit_id, datetime.date.fromisoformat(day))
        row = await session.get(DayRow, key)
        if row is None:
            session.add(DayRow(habit_id=key[0], day=key[1], mark=1))
        else:
            row.mark = 1
        session.add(OutboxRow(id=uuid7(), type=EVENT, body=str(habit_id).encode()))
    return answer(habit_id, day)
