"""What the bot answers: to commands, to buttons, and when something cannot be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from services.notifications.domain.buttons import ButtonAction, ButtonKind, Buttons, button
from services.notifications.domain.event_data import Streak
from services.notifications.domain.messages import amount_words, reminder_buttons, streak_words
from services.notifications.domain.people import Person

SNOOZE = timedelta(minutes=60)

HELP = (
    "Here is what I can do:\n"
    "/today — your habits of today, with buttons\n"
    "/help — this list\n"
    "\n"
    "Reminders, cheers and reports come by themselves. You choose which, and when I keep quiet, "
    "in the app."
)
NOT_UNDERSTOOD = "I only know buttons and a few commands. Send /today for your habits, or /help."
HOW_TO_LINK = (
    "Hello! I am your habit tracker's bot, and I do not know you yet. Open the app, choose "
    '"Link Telegram", and open the link it gives you on this phone.'
)
LINK_SPENT = (
    "That link is used up or too old: each works once, for ten minutes. Ask the app for a new one."
)
LINKED_ALREADY = "This chat is linked already. Send /today to see your habits."
MOVED_AWAY = "Your habits are linked to another chat now. I will write there."
ONLY_PRIVATE = "I talk about habits in private chats only. Write to me there."
BUTTON_OLD = "This button is too old. Send /today for new ones."
TRY_AGAIN = "I cannot reach your habits right now. Please try again in a moment."
UNDO_LATE = "Something else has changed since. Please undo it in the app."
ACCOUNT_DELETED = "This account no longer exists, so I have forgotten this chat."
NOT_DUE = "This habit is not on that day's list any more. Send /today for the present one."
STAY_BELOW = "This one is about staying below. Note amounts in the app."

_KIND_WORDS = {
    "HABIT_NOT_FOUND": "This habit no longer exists.",
    "HABIT_ARCHIVED": "This habit is archived. Restore it in the app to go on with it.",
    "CHECK_IN_IN_FUTURE": "That day has not come yet.",
    "CHECK_IN_BEFORE_START": "The habit had not begun on that day.",
    "DAY_OVER": "That day is over, so I will not remind you of it again.",
    "NOTHING_TO_UNDO": "There is nothing to take back.",
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came of a button that changed a day."""

    streak: Streak
    revision: int
    """Of the day after the change, for the button that takes it back."""


def greeting(person: Person) -> str:
    """Welcome somebody whose chat has just been linked."""
    name = f", {person.display_name}" if person.display_name else ""
    return f"✅ Linked! Hello{name}. I will remind you here. Send /today to see your habits."


def refusal_words(reason: str, message: str) -> str:
    """Say a service's refusal kindly; one without words of its own keeps its sentence."""
    return _KIND_WORDS.get(reason, message) or TRY_AGAIN


def done_words(streak: Streak, amount: Decimal | None = None, unit: str = "") -> str:
    """Confirm that something is done: `✅ Done · 3 km · 4 days in a row`."""
    dependencies = ["✅ Done"]
    if amount is not None:
        dependencies.append(amount_words(amount, unit))
    if streak.length == 1:
        dependencies.append("a new streak begins")
    elif streak.length > 1:
        dependencies.append(streak_words(streak))
    return " · ".join(dependencies)


def skipped_words(streak: Streak) -> str:
    """Confirm that a day is left out."""
    if streak.length > 1:
        return f"⏭ Skipped · still {streak_words(streak)}"
    return "⏭ Skipped"


def later_words(remind_time: datetime, person: Person) -> str:
    """Promise to come back, at the person's own time."""
    return f"⏰ I will remind you again at {person.local(remind_time):%H:%M}"


UNDONE_WORDS = "↩️ Taken back"


def with_title(message_text: str, words: str) -> str:
    """Return a reminder with its answer: the title stays, what came below it goes."""
    title = message_text.partition("\n")[0]
    return f"{title}\n{words}" if title else words


def answered_buttons(action: ButtonAction, *, revision: int) -> Buttons:
    """Return what hangs under a reminder once it has its answer."""
    if action.action is ButtonKind.UNDO:
        return reminder_buttons(action)
    if action.action is ButtonKind.LATER:
        return (reminder_buttons(action)[0][:-1],)
    return ((button("↩️ Undo", action.with_action(ButtonKind.UNDO, revision=revision)),),)
