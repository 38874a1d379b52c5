"""Protobuf to domain and back, for the audit log."""

from uuid import UUID

from chassis.rpc.paging import Page, PageTokenInvalid
from contracts.auth.v1.account_event_pb2 import AccountEvent as WireEvent
from services.auth.domain.account_event import AccountEvent


def before_from_page(page: Page) -> UUID | None:
    """Read which entry a page begins after.

    Raises:
        PageTokenInvalid: The token holds no id.
    """
    if not page.after:
        return None
    try:
        return UUID(page.after[0])
    except ValueError:
        raise PageTokenInvalid from None


def event_to_wire(event: AccountEvent) -> WireEvent:
    """Return an entry of the audit log."""
    wire = WireEvent(
        id=str(event.id),
        kind=event.kind.value,
        device=event.device,
        place=event.place,
        subject_id=str(event.subject_id or ""),
    )
    wire.create_time.FromDatetime(event.create_time)
    return wire
