"""A failed sign-in does the same work for known and unknown addresses: ASVS 6.3.8.

Work is counted, not timed: the hashes that are computed, with their cost, and the commands that
Redis is sent. `python -m bench logins` measures the times.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bcrypt
import pytest

from contracts.auth.v1.auth_service_pb2 import LoginRequest
from tests.services.auth.running import RunningAuth, an_email, refused, registered, registration

ELSEWHERE = "198.51.100.7"
type Work = Counter[str]


@contextmanager
def counted_work(auth: RunningAuth, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Count the hashes that bcrypt computes, by cost, and the commands that Redis is sent."""
    work: Work = Counter()
    compute = bcrypt.checkpw
    execute: Any = auth.redis.execute_command

    def checkpw(candidate: bytes, against: bytes) -> bool:
        work[f"bcrypt of cost {against.split(b'$')[2].decode()}"] += 1
        return compute(candidate, against)

    def execute_command(*arguments: Any, **options: Any) -> Any:
        work[f"Redis {arguments[0]}"] += 1
        return execute(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(bcrypt, "checkpw", checkpw)
        patched.setattr(auth.redis, "execute_command", execute_command)
        yield work


async def failed_login(
    auth: RunningAuth, monkeypatch: pytest.MonkeyPatch, email: str
) -> tuple[Work, Any]:
    """Fail to sign in; return the work that was done, and how the refusal looked."""
    request = LoginRequest(email=email, password="wrong password", client_address=ELSEWHERE)
    with counted_work(auth, monkeypatch) as work, refused("CREDENTIALS_WRONG") as details:
        await auth.stub.Login(request)
    return work, (details[0].message, details[0].code, dict(details[0].metadata))


@pytest.fixture
async def alone(auth: RunningAuth) -> RunningAuth:
    """Serve auth with the scripts of the rate limiter loaded already."""
    await registered(auth)
    with refused("CREDENTIALS_WRONG"):
        await auth.stub.Login(
            LoginRequest(email=an_email(), password="wrong password", client_address=ELSEWHERE)
        )
    return auth


async def test_a_failed_sign_in_costs_the_same_whether_the_address_is_known(
    alone: RunningAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = (await registered(alone)).account.email
    with_account = await failed_login(alone, monkeypatch, known)
    without = await failed_login(alone, monkeypatch, an_email())
    assert with_account == without
    assert without[0]["bcrypt of cost 04"] == 1


async def test_an_account_without_a_password_costs_the_same(
    alone: RunningAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that came by an OpenID provider, with a verified address."""
    email = an_email()
    account = (await alone.stub.Register(registration(email))).account
    async with alone.database.connection() as connection:
        await connection.execute(
            "UPDATE auth.accounts SET password_hash = NULL WHERE id = $1::uuid", account.id
        )
    without_password = await failed_login(alone, monkeypatch, email)
    assert without_password == await failed_login(alone, monkeypatch, an_email())
