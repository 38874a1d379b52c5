"""Quick links, wire to domain and back."""

from uuid import UUID

from contracts.habits.v1 import quick_link_service_pb2 as rpc
from services.habits.domain import limits
from services.habits.domain.errors import FieldTooLong, QuickLinkNotFound
from services.habits.domain.quick_link import (
    NewQuickLink,
    QuickLink,
    QuickLinkContent,
    QuickLinkUse,
)
from services.habits.events.messages import amount_to_wire, moment_to_wire
from services.habits.translate.check_ins import outcome_to_wire
from services.habits.translate.scalars import amount_from_wire, habit_id_from_wire, line_from_wire


def new_link_from_wire(request: rpc.CreateQuickLinkRequest) -> NewQuickLink:
    """Return what a person asks of a new quick link.

    Raises:
        Refusal: Something cannot be read.
    """
    link = request.quick_link
    title = line_from_wire(link.title, "quick_link.title")
    if len(title) > limits.MAX_TITLE_LENGTH:
        raise FieldTooLong("quick_link.title", limits.MAX_TITLE_LENGTH)
    return NewQuickLink(habit_id_from_wire(link.habit_id), title, amount_from_wire(link.amount))


def link_id_from_wire(text: str) -> UUID:
    """Return a quick link's id; text that is no id names none."""
    try:
        return UUID(text)
    except ValueError:
        raise QuickLinkNotFound from None


def link_to_wire(link: QuickLink) -> rpc.QuickLink:
    """Return a quick link, without its secret."""
    return rpc.QuickLink(
        id=str(link.id),
        habit_id=str(link.habit_id),
        title=link.title,
        amount=amount_to_wire(link.amount_thousandths),
        create_time=moment_to_wire(link.create_time),
        use_time=moment_to_wire(link.use_time),
    )


def shown_to_wire(shown: QuickLinkContent) -> rpc.GetQuickLinkResponse:
    """Return what a quick link shows."""
    return rpc.GetQuickLinkResponse(
        habit_title=shown.habit_title,
        amount=amount_to_wire(shown.amount_thousandths),
        unit=shown.unit,
        locale=shown.locale,
    )


def use_to_wire(use: QuickLinkUse) -> rpc.UseQuickLinkResponse:
    """Return the result of one use."""
    return rpc.UseQuickLinkResponse(
        quick_link=shown_to_wire(use.shown),
        outcome=None if use.outcome is None else outcome_to_wire(use.outcome),
        repeated_tap=use.outcome is None,
    )
