# mypy: disable-error-code="abstract"
# The servicer here implements only a part of its contract.
"""Requests that cannot be decoded, or hold text that cannot be stored, are refused by name."""

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from chassis.rpc.decoding import find_unreadable_text
from chassis.rpc.status import refusal_details
from contracts.auth.v1 import auth_service_pb2 as wire
from contracts.auth.v1.account_pb2 import Account
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceServicer
from contracts.habits.v1.check_in_service_pb2 import BatchWriteCheckInsRequest, CheckInChange
from contracts.habits.v1.habit_pb2 import Habit, Reminder
from contracts.habits.v1.habit_service_pb2 import CreateHabitRequest
from tests.builders import SigningKey
from tests.chassis.rpc.conftest import Serve, a_server, failure


class Servicer(AuthServiceServicer):
    """Accepts every login."""

    async def Login(self, request: wire.LoginRequest, context: object) -> wire.LoginResponse:
        return wire.LoginResponse()


@pytest.mark.parametrize("data", [b"\xff\xff\xff", b"\x0a\x02\xff\xfe", b"\x0a\x0a\x41"])
async def test_bytes_that_are_no_message_are_an_invalid_argument(
    signing_key: SigningKey, data: bytes
) -> None:
    server = a_server(signing_key, Servicer())
    async with (
        server.running(),
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        call: Any = channel.unary_unary("/contracts.auth.v1.AuthService/Login")
        error = await failure(call(data))
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert refusal_details(error).reason == "REQUEST_UNDECODABLE"


async def test_a_text_with_u0000_is_refused_by_its_field(serve: Serve) -> None:
    async with serve(Servicer(), public=("Login",)) as auth:
        error = await failure(auth.Login(wire.LoginRequest(email="a\0b")))
        await auth.Login(wire.LoginRequest(email="ab"))
    details = refusal_details(error)
    assert (details.code, details.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "TEXT_UNREADABLE")
    assert [wrong.field for wrong in details.violations] == ["email"]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (wire.RegisterRequest(account=Account(display_name="\0")), "account.display_name"),
        (CreateHabitRequest(habit=Habit(tags=["a", "\0"])), "habit.tags[1]"),
        (
            CreateHabitRequest(habit=Habit(reminders=[Reminder(), Reminder(text="\0")])),
            "habit.reminders[1].text",
        ),
        (
            BatchWriteCheckInsRequest(changes=[CheckInChange(note="\0")]),
            "changes[0].note",
        ),
        (CreateHabitRequest(habit=Habit(title="a", position=0)), None),
    ],
)
def test_the_path_names_lists_and_messages(message: Message, field: str | None) -> None:
    assert find_unreadable_text(message) == field
