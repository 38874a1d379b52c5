"""Signing in at an OpenID provider: a real one, in a thread of this process."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import grpc
import httpx
import pytest
from oidc_provider_mock import run_server_in_thread

from contracts.auth.v1.auth_service_pb2 import LoginRequest
from contracts.auth.v1.oidc_service_pb2 import (
    FinishOidcSignInRequest,
    FinishOidcSignInResponse,
    GetSignInMethodsRequest,
    StartOidcSignInRequest,
    StartOidcSignInResponse,
)
from tests.services.auth.running import (
    PASSWORD,
    RunningAuth,
    an_email,
    refused,
    registered,
    running_auth,
)

pytestmark = pytest.mark.filterwarnings("ignore")  # the provider's own

REDIRECT = "https://habits.example/signed-in"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
async def oidc(
    auth_database_url: str, redis_url: str, tmp_path: Path, issuer: str
) -> AsyncIterator[RunningAuth]:
    async with running_auth(
        auth_database_url,
        redis_url,
        tmp_path,
        oidc_issuer=issuer,
        oidc_client_id="habits",
        oidc_client_secret="between habits and the provider",
        oidc_redirect_uris=(REDIRECT,),
    ) as running:
        yield running


async def start(auth: RunningAuth) -> StartOidcSignInResponse:
    return await auth.oidc.StartOidcSignIn(StartOidcSignInRequest(redirect_uri=REDIRECT))


async def at_the_provider(issuer: str, url: str, subject: str, **claims: object) -> dict[str, str]:
    """Sign in at the provider as a browser does; return what it sends back."""
    async with httpx.AsyncClient() as browser:
        await browser.put(f"{issuer}/users/{subject}", json=claims)
        answer = await browser.post(url, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    target = answer.headers["location"]
    assert target.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}


async def finish(
    auth: RunningAuth, sent: dict[str, str], browser_secret: str
) -> FinishOidcSignInResponse:
    return await auth.oidc.FinishOidcSignIn(
        FinishOidcSignInRequest(
            state=sent["state"], code=sent["code"], browser_secret=browser_secret
        )
    )


async def sign_in(
    auth: RunningAuth, issuer: str, subject: str, **claims: object
) -> FinishOidcSignInResponse:
    started = await start(auth)
    sent = await at_the_provider(issuer, started.authorization_url, subject, **claims)
    return await finish(auth, sent, started.browser_secret)


async def test_the_first_sign_in_creates_the_account_and_the_next_finds_it(
    oidc: RunningAuth, issuer: str
) -> None:
    subject, email = uuid4().hex, an_email()
    claims = {"email": email, "email_verified": True, "name": "Ann of Elsewhere"}
    first = await sign_in(oidc, issuer, subject, **claims)
    assert (first.account.email, first.account.display_name) == (email, "Ann of Elsewhere")
    assert str(oidc.verified(first.tokens.access_token).id) == first.account.id
    again = await sign_in(oidc, issuer, subject, **claims)
    assert again.account.id == first.account.id


async def test_the_code_is_bound_by_pkce_state_and_nonce(oidc: RunningAuth) -> None:
    started = await start(oidc)
    asked = parse_qs(urlsplit(started.authorization_url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert len(asked["code_challenge"][0]) >= 43
    assert len({asked["state"][0], asked["nonce"][0], started.browser_secret}) == 3
    assert started.browser_secret not in started.authorization_url


async def test_an_address_that_is_not_verified_is_not_taken_over(
    oidc: RunningAuth, issuer: str
) -> None:
    answer = await sign_in(oidc, issuer, uuid4().hex, email=an_email(), email_verified=False)
    assert answer.account.email == ""


async def test_an_account_with_the_address_is_not_taken_over(
    oidc: RunningAuth, issuer: str
) -> None:
    """Whoever made it may be another; signing in with the password goes on."""
    email = (await registered(oidc)).account.email
    with refused("EMAIL_TAKEN", grpc.StatusCode.ALREADY_EXISTS):
        await sign_in(oidc, issuer, uuid4().hex, email=email, email_verified=True)
    await oidc.stub.Login(LoginRequest(email=email, password=PASSWORD))


async def test_another_browser_cannot_finish_a_sign_in(oidc: RunningAuth, issuer: str) -> None:
    started, other = await start(oidc), await start(oidc)
    sent = await at_the_provider(issuer, started.authorization_url, uuid4().hex)
    with refused("OIDC_SIGN_IN_FAILED", grpc.StatusCode.UNAUTHENTICATED):
        await finish(oidc, sent, other.browser_secret)


async def test_a_sign_in_is_finished_once(oidc: RunningAuth, issuer: str) -> None:
    started = await start(oidc)
    sent = await at_the_provider(issuer, started.authorization_url, uuid4().hex)
    await finish(oidc, sent, started.browser_secret)
    with refused("OIDC_SIGN_IN_FAILED"):
        await finish(oidc, sent, started.browser_secret)


async def test_a_code_of_another_sign_in_is_refused(oidc: RunningAuth, issuer: str) -> None:
    """PKCE and the nonce: a code that was stolen elsewhere is worth nothing here."""
    mine, stolen = await start(oidc), await start(oidc)
    sent = await at_the_provider(issuer, mine.authorization_url, uuid4().hex)
    other = await at_the_provider(issuer, stolen.authorization_url, uuid4().hex)
    with refused("OIDC_SIGN_IN_FAILED"):
        await finish(oidc, sent | {"code": other["code"]}, mine.browser_secret)


async def test_an_answer_of_another_issuer_is_refused(oidc: RunningAuth, issuer: str) -> None:
    started = await start(oidc)
    sent = await at_the_provider(issuer, started.authorization_url, uuid4().hex)
    request = FinishOidcSignInRequest(
        state=sent["state"],
        code=sent["code"],
        browser_secret=started.browser_secret,
        issuer="https://attacker.example",
    )
    with refused("OIDC_SIGN_IN_FAILED"):
        await oidc.oidc.FinishOidcSignIn(request)


async def test_the_browser_comes_back_to_a_listed_address_alone(oidc: RunningAuth) -> None:
    request = StartOidcSignInRequest(redirect_uri="https://attacker.example/signed-in")
    with refused("REDIRECT_URI_UNKNOWN", grpc.StatusCode.INVALID_ARGUMENT):
        await oidc.oidc.StartOidcSignIn(request)


async def test_the_ways_to_sign_in_name_the_provider_where_there_is_one(
    oidc: RunningAuth, auth: RunningAuth
) -> None:
    """Nobody needs to be signed in to ask."""
    assert (await oidc.oidc.GetSignInMethods(GetSignInMethodsRequest())).oidc
    assert not (await auth.oidc.GetSignInMethods(GetSignInMethodsRequest())).oidc


async def test_without_a_provider_in_the_settings_there_is_none(auth: RunningAuth) -> None:
    with refused("OIDC_NOT_CONFIGURED", grpc.StatusCode.FAILED_PRECONDITION):
        await start(auth)
