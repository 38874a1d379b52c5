"""The buttons of a reminder once it was answered, and those that ask for how long to snooze."""

from services.notifications.domain.buttons import ButtonAction, ButtonKind, Buttons, button
from services.notifications.domain.i18n import gettext
from services.notifications.domain.messages import reminder_buttons


def answered_buttons(action: ButtonAction, *, revision: int) -> Buttons:
    """Return the buttons of a reminder that has been answered."""
    if action.kind in (ButtonKind.UNDO, ButtonKind.BACK):
        return reminder_buttons(action)
    if action.kind is ButtonKind.LATER:
        return snooze_buttons(action, evening_minutes=0)
    if action.kind in (ButtonKind.SNOOZE, ButtonKind.SNOOZE_OTHER):
        first, *others = reminder_buttons(action)
        return (first[:-1], *others)
    undo = button(gettext("↩️ Undo"), action.with_kind(ButtonKind.UNDO, revision=revision))
    if action.kind is ButtonKind.ADD:
        return (*reminder_buttons(action), (undo,))
    return ((undo,),)


def snooze_buttons(action: ButtonAction, *, evening_minutes: int) -> Buttons:
    """Return for how long a reminder can be snoozed; this evening, if it is still to come."""

    def snooze(label: str, minutes: int) -> tuple[str, ButtonAction]:
        return label, action.with_kind(ButtonKind.SNOOZE, value=minutes)

    times = [snooze(gettext("15 min"), 15), snooze(gettext("1 hour"), 60)]
    if evening_minutes:
        times.append(snooze(gettext("This evening"), evening_minutes))
    row = tuple(button(label, wanted) for label, wanted in times)
    return (
        row,
        (
            button(gettext("Other…"), action.with_kind(ButtonKind.SNOOZE_OTHER)),
            button(gettext("‹ Back"), action.with_kind(ButtonKind.BACK)),
        ),
    )
