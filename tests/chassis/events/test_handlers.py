import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.events.handlers import Handlers, current_delivery
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_events_pb2 import UserDeleted, UserRegistered


async def on_user_deleted(session: AsyncSession, event: UserDeleted) -> None:
    """Handle the event, with no effect."""


async def on_user_registered(session: AsyncSession, event: UserRegistered) -> None:
    """Handle the event, with no effect."""


def test_a_service_listens_to_what_it_handles() -> None:
    handlers = Handlers()
    assert handlers.on(UserDeleted)(on_user_deleted) is on_user_deleted
    handlers.on(UserRegistered)(on_user_registered)
    assert handlers.routing_keys == ("auth.user.deleted", "auth.user.registered")
    assert handlers.events == (
        "contracts.auth.v1.UserDeleted",
        "contracts.auth.v1.UserRegistered",
    )
    assert handlers.find("contracts.auth.v1.UserDeleted") == (UserDeleted, on_user_deleted)
    assert handlers.find("contracts.auth.v1.UserUpdated") is None


def test_an_event_is_heard_by_one_function() -> None:
    handlers = Handlers()
    handlers.on(UserDeleted)(on_user_deleted)
    with pytest.raises(ValueError, match="handled already"):
        handlers.on(UserDeleted)


def test_only_events_are_heard() -> None:
    with pytest.raises(ValueError, match="names no routing key"):
        Handlers().on(Account)


def test_outside_of_an_event_there_is_no_delivery() -> None:
    with pytest.raises(LookupError):
        current_delivery()
