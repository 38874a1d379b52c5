"""Issuing access tokens."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from chassis.caller import Caller
from services.auth.domain.account import Account
from services.auth.domain.keys import SigningKey
from services.auth.domain.personal_token import PersonalToken
from services.auth.domain.sign_in import AccessToken

_NIL_ID = UUID(int=0)


class TokenIssuer:
    """Signs access tokens, which carry what services need to know of a person.

    Args:
        key: Returns the key to sign with at this moment; it changes when keys are rotated.
        lifetime: Of the token of a session.
        delegated: Of the token that a service or a personal access token is exchanged for.
    """

    def __init__(
        self, key: Callable[[], SigningKey], *, lifetime: timedelta, delegated: timedelta
    ) -> None:
        self._key = key
        self._lifetime = lifetime
        self._delegated = delegated

    def for_session(self, account: Account, session_id: UUID, *, now: datetime) -> AccessToken:
        """Return the access token of a session."""
        return self._issue(_caller(account, session_id), self._lifetime, now=now)

    def for_actor(
        self, account: Account, actor: str, scopes: frozenset[str] | None, *, now: datetime
    ) -> AccessToken:
        """Return a token with which a service acts for a person (RFC 8693 `act`)."""
        caller = _caller(account, _NIL_ID, scopes=scopes, actor=actor)
        return self._issue(caller, self._delegated, now=now)

    def for_personal_token(
        self, account: Account, token: PersonalToken, *, now: datetime
    ) -> AccessToken:
        """Return the access token that a personal access token is exchanged for."""
        lifetime = self._delegated
        if token.expire_time is not None:
            lifetime = min(lifetime, token.expire_time - now)
        return self._issue(_caller(account, token.id, scopes=token.scopes), lifetime, now=now)

    def for_service(self, actor: str, scopes: frozenset[str], *, now: datetime) -> AccessToken:
        """Return a service's own token, for scopes and no account."""
        caller = Caller(id=_NIL_ID, session_id=_NIL_ID, scopes=scopes, actor=actor)
        return self._issue(caller, self._delegated, now=now)

    def _issue(self, caller: Caller, lifetime: timedelta, *, now: datetime) -> AccessToken:
        claims = caller.to_claims(issue_time=now, lifetime=lifetime)
        return AccessToken(self._key().sign(claims), lifetime)


def _caller(
    account: Account,
    session_id: UUID,
    *,
    scopes: frozenset[str] | None = None,
    actor: str = "",
) -> Caller:
    return Caller(
        id=account.id,
        session_id=session_id,
        timezone=account.timezone,
        day_start=account.day_start,
        week_start=account.week_start.value,
        locale=account.locale,
        floor_date=account.floor_date,
        scopes=scopes,
        actor=actor,
    )
