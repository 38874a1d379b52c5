"""Rotation of refresh tokens under every history: RFC 9700 4.14.2, ASVS 10.4.5.

What must hold is said by a model of a few lines; random histories of login, refresh, replay, logout
and a new password are played against the service and the model.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import grpc
import pytest

from chassis.rpc.status import refusal_details
from contracts.auth.v1.account_pb2 import TokenPair
from contracts.auth.v1.auth_service_pb2 import (
    LoginRequest,
    LogoutRequest,
    RefreshSessionRequest,
)
from services.auth.domain.refresh_token import read_refresh_token
from services.auth.use_cases import sessions
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    refused,
    registered,
    running_auth,
    until_revoked,
)

pytestmark = pytest.mark.timeout(600)

HISTORIES, STEPS = 1_000, 8
GRACE = timedelta(seconds=10)


async def refresh(auth: RunningAuth, refresh_token: str) -> TokenPair:
    answer = await auth.stub.RefreshSession(RefreshSessionRequest(refresh_token=refresh_token))
    return answer.tokens


async def outcome_of(auth: RunningAuth, refresh_token: str) -> str:
    """Return the next refresh token, or why there is none."""
    try:
        return (await refresh(auth, refresh_token)).refresh_token
    except grpc.aio.AioRpcError as error:
        return refusal_details(error).reason


@dataclass(slots=True)
class Family:
    """The refresh tokens of one session, oldest first, and whether it has ended."""

    tokens: list[str]
    access_token: str
    ended: bool = False
    rotated_at: float = float("-inf")

    def expected(self, at: int, now: float) -> str | None:
        """Return what rotating a token gives; None for a token that was never seen before."""
        if self.ended:
            return "REFRESH_TOKEN_INVALID"
        if at == len(self.tokens) - 1:
            return None
        if at == len(self.tokens) - 2 and now - self.rotated_at <= GRACE.total_seconds():
            return self.tokens[-1]
        return "REFRESH_TOKEN_REUSED"


@dataclass(slots=True)
class History:
    """One person's sessions, and what is done with them at random."""

    auth: RunningAuth
    random: random.Random
    email: str
    account_id: UUID
    now: float = 0.0
    families: list[Family] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    async def play(self) -> None:
        await self.login()
        for _ in range(STEPS):
            step = self.random.choices(
                (self.rotate, self.replay, self.login, self.logout, self.logout_all, self.wait),
                weights=(8, 5, 2, 1, 0.3, 3),
            )[0]
            self.steps.append(step.__name__)
            await step()

    async def login(self) -> None:
        request = LoginRequest(email=self.email, password=PASSWORD)
        tokens = (await self.auth.stub.Login(request)).tokens
        self.families.append(Family([tokens.refresh_token], tokens.access_token))

    async def rotate(self) -> None:
        family = self.random.choice(self.families)
        await self.spend(family, len(family.tokens) - 1)

    async def replay(self) -> None:
        family = self.random.choice(self.families)
        await self.spend(family, self.random.randrange(len(family.tokens)))

    async def spend(self, family: Family, at: int) -> None:
        expected = family.expected(at, self.now)
        got = await outcome_of(self.auth, family.tokens[at])
        if expected is None:
            assert got not in ("REFRESH_TOKEN_INVALID", "REFRESH_TOKEN_REUSED"), self.steps
            assert got not in {token for one in self.families for token in one.tokens}, self.steps
            family.tokens.append(got)
            family.rotated_at = self.now
        else:
            assert got == expected, self.steps
            family.ended |= got == "REFRESH_TOKEN_REUSED"

    async def logout(self) -> None:
        family = self.random.choice(self.families)
        token = self.random.choice(family.tokens)
        await self.auth.stub.Logout(LogoutRequest(refresh_token=token))
        family.ended = True

    async def logout_all(self) -> None:
        """End every session as LogoutAll does, or every other one as ChangePassword does."""
        family = self.random.choice(self.families)
        session = read_refresh_token(family.tokens[-1]).session_id
        if self.random.random() < 0.5:
            await sessions.end_all_sessions(self.auth.dependencies, self.account_id)
            family.ended = True
        else:
            await sessions.end_other_sessions(self.auth.dependencies, self.account_id, session)
        for other in self.families:
            other.ended |= other is not family

    async def wait(self) -> None:
        seconds = self.random.choice((1, 5, 9, 11, 60))
        self.auth.clock.advance(timedelta(seconds=seconds))
        self.now += seconds


@pytest.fixture
async def unlimited(
    auth_database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[RunningAuth]:
    async with running_auth(
        auth_database_url, redis_url, tmp_path, refreshes_per_session=10**9
    ) as running:
        yield running


async def test_every_token_works_once_in_1000_random_histories(unlimited: RunningAuth) -> None:
    """A seed that fails is in the message; histories share a clock, so they are played in turn."""
    people = [(await registered(unlimited)).account for _ in range(10)]
    for seed in range(HISTORIES):
        account = people[seed % len(people)]
        history = History(unlimited, random.Random(seed), account.email, UUID(account.id))
        try:
            await history.play()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {history.steps}") from error


async def test_50_parallel_refreshes_have_one_successor_in_100_rounds(
    unlimited: RunningAuth,
) -> None:
    token = (await registered(unlimited)).tokens.refresh_token
    for round_number in range(100):
        unlimited.clock.advance(timedelta(minutes=2))
        pairs = await asyncio.gather(*(refresh(unlimited, token) for _ in range(50)))
        successors = {pair.refresh_token for pair in pairs}
        assert len(successors) == 1, round_number
        (token,) = successors


async def test_a_stolen_token_cuts_the_access_of_its_session(auth: RunningAuth) -> None:
    first = (await registered(auth)).tokens
    second = await refresh(auth, first.refresh_token)
    auth.clock.advance(GRACE + timedelta(seconds=1))
    with refused("REFRESH_TOKEN_REUSED"):
        await refresh(auth, first.refresh_token)
    await until_revoked(auth, second.access_token)
    await until_revoked(auth, first.access_token)


async def test_only_digests_of_refresh_tokens_are_stored(auth: RunningAuth) -> None:
    """The token has 256 random bits, its successor as many; Redis holds their SHA-256 alone."""
    tokens = (await registered(auth)).tokens
    tokens = await refresh(auth, tokens.refresh_token)
    stored = []
    async for key in auth.redis.scan_iter("auth:session:*"):
        stored.append((key, await auth.redis.hgetall(key)))
    assert stored
    assert tokens.refresh_token not in str(stored)


async def test_data_that_is_gone_means_401_and_never_200(auth: RunningAuth) -> None:
    tokens = (await registered(auth)).tokens
    async for key in auth.redis.scan_iter("auth:session*"):
        await auth.redis.delete(key)
    for _ in range(2):
        with refused("REFRESH_TOKEN_INVALID", grpc.StatusCode.UNAUTHENTICATED):
            await refresh(auth, tokens.refresh_token)
