"""The quickest of the three: four statements on asyncpg, in a transaction."""

import datetime
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI, HTTPException, Request

from bench.monoliths.work import EVENT, answer, database_url, owner_of, verifier
from chassis.ids import uuid7


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(database_url(), min_size=16, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=_lifespan)
_verify = verifier()


@app.post("/v1/habits/{habit_id}/check-ins", status_code=201)
async def check_in(habit_id: uuid.UUID, request: Request) -> dict[str, Any]:
    owner = owner_of(request, _verify)
    day = (await request.json())["date"]
    async with app.state.pool.acquire() as connection, connection.transaction():
        own = "SELECT 1 FROM bench.habits WHERE id = $1 AND owner_id = $2"
        if not await connection.fetchval(own, habit_id, owner):
            raise HTTPException(404)
        await connection.execute(
            "INSERT INTO bench.days (habit_id, day, mark) VALUES ($1, $2, 1)"
            " ON CONFLICT (habit_id, day) DO UPDATE SET mark = 1, update_time = now()",
            habit_id,
            datetime.date.fromisoformat(day),
        )
        await connection.execute(
            "INSERT INTO bench.outbox (id, type, body) VALUES ($1, $2, $3)",
            uuid7(),
            EVENT,
            str(habit_id).encode(),
        )
    return answer(habit_id, day)
