"""What people see of the messages that were written for them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.messages import Kind
from services.notifications.domain.sending import Channel, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message and what became of it."""

    id: UUID
    kind: Kind
    text: str
    state: State
    detail: str
    create_time: datetime
    send_time: datetime | None
    attempts: int
    channel: Channel = Channel.TELEGRAM
