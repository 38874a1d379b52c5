"""A client that keeps a copy of a person's habits by asking for what has changed."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from google.protobuf.duration_pb2 import Duration

from contracts.habits.v1.check_in_pb2 import CheckIn
from contracts.habits.v1.delta_service_pb2 import GetDeltaRequest, GetDeltaResponse
from contracts.habits.v1.delta_service_pb2_grpc import DeltaServiceStub
from contracts.habits.v1.habit_pb2 import Habit, Pause
from tests.chassis.waiting import eventually
from tests.services.habits.habits_server import Person, StubWithToken

NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])


@dataclass(kw_only=True)
class Replica:
    """What a client has been sent."""

    stub: Any
    cursor: str = ""
    habits: dict[str, Habit] = field(default_factory=dict)
    days: dict[tuple[str, str], CheckIn] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    pages: list[GetDeltaResponse] = field(default_factory=list)
    """Those of the last call."""

    @classmethod
    def of(cls, stub: DeltaServiceStub, person: Person) -> "Replica":
        """Return an empty copy of a person's habits."""
        return cls(stub=StubWithToken(stub, person.token))

    async def pull(self, wait: timedelta = timedelta(0)) -> None:
        """Ask until there is no further page."""
        self.pages = []
        while not self.pages or self.pages[-1].has_more:
            duration = Duration()
            duration.FromTimedelta(wait)
            request = GetDeltaRequest(cursor=self.cursor, wait_duration=duration)
            self.apply(await self.stub.GetDelta(request, timeout=30))

    async def pull_until_nothing(self) -> None:
        """Pull until nothing is sent: what came since the oldest open transaction is sent again.

        Another test may have had one open on the same server.
        """

        async def is_nothing() -> bool:
            await self.pull()
            return self.sent == NOTHING

        await eventually(is_nothing, within=60)

    def apply(self, page: GetDeltaResponse) -> None:
        """Take a page in."""
        self.pages.append(page)
        if page.full:
            self.habits, self.days, self.pauses = {}, {}, {}
        self.habits |= {it.id: it for it in page.habits}
        self.pauses |= {it.id: it for it in page.pauses}
        for day in page.check_ins:
            key = (day.habit_id, day.check_in_date)
            self.days.pop(key, None)
            if day.mark or day.amount or day.note:
                self.days[key] = day
        for pause_id in page.deleted_pause_ids:
            self.pauses.pop(pause_id, None)
        for habit_id in page.deleted_habit_ids:
            self.habits.pop(habit_id, None)
            self.days = {key: it for key, it in self.days.items() if key[0] != habit_id}
            self.pauses = {key: it for key, it in self.pauses.items() if it.habit_id != habit_id}
        self.cursor = page.cursor

    @property
    def sent(self) -> tuple[list[str], list[str], list[str]]:
        """The titles, days and ids of pauses that the last call was sent."""
        return (
            [it.title for page in self.pages for it in page.habits],
            [it.check_in_date for page in self.pages for it in page.check_ins],
            [it.id for page in self.pages for it in page.pauses],
        )
