"""The texts of messages that come by themselves: reminders, cheers and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.buttons import (
    NO_BUTTONS,
    Button,
    ButtonAction,
    ButtonKind,
    Buttons,
    Measure,
    MessageKind,
    button,
)
from services.notifications.domain.cheers import Tone
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReminderDue,
    ReportCreated,
    Streak,
    Unit,
)
from services.notifications.domain.i18n import gettext, mark, ngettext, number_text
from services.notifications.domain.titles import fitted, isolated
from services.notifications.domain.units import unit_text
from services.notifications.domain.webhooks import DisabledReason

BATCH_WINDOW = timedelta(seconds=2)
"""How long the cheer of a batch waits for the other habits of that batch."""
CHEER_LIFETIME = timedelta(hours=6)
"""A cheer that could not be sent for so long would only puzzle."""
REPORT_LIFETIME = timedelta(hours=24)

TIPS_DATA = "tips"
"""The callback data of the button that shows recommendations."""

LONGEST_TEXT = 4096
"""Telegram takes no more characters in one message."""
LONGEST_CAPTION = 1024
"""Telegram takes no more characters with a picture."""

_USUAL_SENTENCE = mark("You haven't completed it today — let's go!")
_LIMIT_SENTENCE = mark("Remember: this one is about staying below your limit.")
_TITLES = {
    Period.DAILY: mark("💡 Daily Report Ready!"),
    Period.WEEKLY: mark("💡 Weekly Report Ready!"),
    Period.MONTHLY: mark("💡 Monthly Report Ready!"),
}
_BATCH_LINES = 3
_HUNDREDTH = Decimal("0.01")
_WEBHOOK_TEXTS = {
    DisabledReason.GONE: mark(
        "🔌 Your webhook to {host} was disabled: the receiver answered that it is gone."
    ),
    DisabledReason.FAILING: mark(
        "🔌 Your webhook to {host} was disabled: it has accepted nothing for three days. When it "
        "is enabled again, what failed can be replayed."
    ),
}


class Kind(StrEnum):
    """What a message is about."""

    REMINDER = "reminder"
    CHEER = "cheer"
    REPORT = "report"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it is first written down."""

    owner_id: UUID
    kind: Kind
    text: str
    buttons: Buttons = NO_BUTTONS
    habit_id: UUID | None = None
    logical_date: date | None = None
    picture_of: UUID | None = None
    """The stored report whose picture comes with it."""
    expire_time: datetime | None = None
    """From then on it is of no use and is not sent."""


def reminder(event: ReminderDue) -> Draft:
    """Write a reminder, with buttons that answer it."""
    usual = _LIMIT_SENTENCE if event.measure is Measure.LIMIT else _USUAL_SENTENCE
    lines = [reminder_title(event.title), isolated(event.text) or gettext(usual)]
    if event.missing is not None and event.missing > 0:
        lines.append(missing_text(event.missing, event.unit))
    action = ButtonAction(
        kind=ButtonKind.DONE,
        habit_id=event.habit_id,
        logical_date=event.due_date,
        measure=event.measure,
        message_kind=MessageKind.REMINDER,
    )
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.REMINDER,
        text="\n".join(lines),
        buttons=reminder_buttons(action),
        habit_id=event.habit_id,
        logical_date=event.due_date,
        expire_time=event.expire_time,
    )


def webhook_disabled(owner_id: UUID, host: str, reason: DisabledReason) -> Draft:
    """Write that a webhook was disabled; of its address only the host, since the rest may be a key.

    Args:
        owner_id: Whose it is.
        host: The host of its address.
        reason: Why; not by the person's own wish.
    """
    text = gettext(_WEBHOOK_TEXTS[reason]).format(host=isolated(host))
    return Draft(owner_id=owner_id, kind=Kind.NOTICE, text=text)


def reminder_title(title: str) -> str:
    """Return the first line of a reminder; it stays when the message is answered."""
    return gettext('🔥 Habit reminder: "{title}"').format(title=isolated(title))


def reminder_buttons(action: ButtonAction) -> Buttons:
    """Return the answers to a reminder; for quantities, a row of amounts below."""
    done = (button(gettext("✅ Done"), action.with_kind(ButtonKind.DONE)),)
    others = (
        button(gettext("⏭ Skip"), action.with_kind(ButtonKind.SKIP)),
        button(gettext("⏰ Later"), action.with_kind(ButtonKind.LATER)),
    )
    if action.measure is Measure.YES_NO:
        return (done + others,)
    first = others if action.measure is Measure.LIMIT else done + others
    return (first, amount_buttons(action))


def amount_buttons(action: ButtonAction) -> tuple[Button, ...]:
    """Return a row of amounts that can be added."""
    return (
        button("+1", action.with_kind(ButtonKind.ADD, value=1)),
        button("+5", action.with_kind(ButtonKind.ADD, value=5)),
        button(gettext("Other…"), action.with_kind(ButtonKind.ADD_OTHER)),
    )


def cheer(event: HabitDone, *, now: datetime, tone: Tone = Tone.USUAL) -> Draft:
    """Write a cheer: the louder the rounder the number."""
    streak = event.streak
    if tone is Tone.COMEBACK:
        text = gettext('👋 Welcome back! "{title}": done. The first step is the hardest one.')
    elif streak.length == 0:
        text = gettext('✅ "{title}": done. Well done!')
    elif streak.length == 1:
        text = gettext('🎉 "{title}": done. A new streak begins!')
    elif tone is Tone.MILESTONE:
        text = gettext('🏆 "{title}": {streak}! That is something to be proud of.')
    else:
        text = gettext('🔥 "{title}": {streak}. Keep it up!')
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.CHEER,
        text=text.format(title=isolated(event.title), streak=streak_text(streak)),
        habit_id=event.habit_id,
        logical_date=event.logical_date,
        expire_time=now + CHEER_LIFETIME,
    )


def batch_cheer(done: Sequence[HabitDone], *, now: datetime, tone: Tone = Tone.USUAL) -> Draft:
    """Write the one cheer of a batch: how many habits, and the longest streaks among them."""
    if len(done) == 1:
        return cheer(done[0], now=now, tone=tone)
    count = len(done)
    lines = [
        ngettext("🎉 {count} habit done. Well done!", "🎉 {count} habits done. Well done!", count)
    ]
    longest = sorted(done, key=lambda it: -it.streak.length)[:_BATCH_LINES]
    lines += [
        f"🔥 {isolated(it.title)}: {streak_text(it.streak)}"
        for it in longest
        if it.streak.length > 1
    ]
    return Draft(
        owner_id=done[0].owner_id,
        kind=Kind.CHEER,
        text="\n".join(lines),
        expire_time=now + CHEER_LIFETIME,
    )


def report(event: ReportCreated, *, now: datetime) -> Draft:
    """Write a report: a day by its habits, a week or month by its completion rate."""
    lines = [gettext(_TITLES[event.period])]
    if event.period is Period.DAILY:
        count = event.completed_habits
        lines.append(ngettext("• {count} habit completed", "• {count} habits completed", count))
    else:
        met = gettext("• {met} of {due} goals met").format(met=event.met, due=event.due)
        lines.append(met + _percent(event.met, event.due))
        lines.append(
            ngettext("• {count} perfect day", "• {count} perfect days", event.perfect_days)
        )
    lines.append(gettext("• Streak: {length}").format(length=length_text(event.streak)))
    if event.recommendation:
        lines.append(gettext("• Recommendation: {text}").format(text=event.recommendation))
    return Draft(
        owner_id=event.owner_id,
        kind=Kind.REPORT,
        text=fitted("\n".join(lines), LONGEST_TEXT),
        buttons=((Button(gettext("💡 See suggestions"), TIPS_DATA),),)
        if event.recommendation
        else NO_BUTTONS,
        picture_of=event.picture_of if event.period is not Period.DAILY else None,
        expire_time=now + REPORT_LIFETIME,
    )


def length_text(streak: Streak) -> str:
    """Return the length of a streak: `4 days`."""
    count = streak.length
    match streak.unit:
        case Unit.DAY:
            return ngettext("{count} day", "{count} days", count)
        case Unit.WEEK:
            return ngettext("{count} week", "{count} weeks", count)
        case Unit.MONTH:
            return ngettext("{count} month", "{count} months", count)
        case Unit.YEAR:
            return ngettext("{count} year", "{count} years", count)


def streak_text(streak: Streak) -> str:
    """Return a streak as people say it: `4 days in a row`."""
    return gettext("{length} in a row").format(length=length_text(streak))


def amount_text(amount: Decimal, unit: str, *, genitive: bool = False) -> str:
    """Return an amount as people say it: `2.5 km`, `1 glass`, without needless zeros.

    Args:
        amount: At most three decimals are shown.
        unit: In the person's own words.
        genitive: As after "at least" and "at most".
    """
    words = isolated(unit_text(unit, amount, genitive=genitive))
    return f"{number_text(amount)} {words}".strip()


def missing_text(missing: Decimal, unit: str) -> str:
    """Say how much is still to do; a share of a longer goal is rounded up, so never to nothing."""
    rounded = missing.quantize(_HUNDREDTH, ROUND_CEILING)
    return gettext("{amount} to go").format(amount=amount_text(rounded, unit))


def so_far_text(amount: Decimal, unit: str) -> str:
    """Say how much has been done; rounded down, so that it never looks like more."""
    rounded = amount.quantize(_HUNDREDTH, ROUND_FLOOR)
    return gettext("{amount} so far").format(amount=amount_text(rounded, unit))


def _percent(met: int, due: int) -> str:
    return f" ({met * 100 // due}%)" if due else ""
