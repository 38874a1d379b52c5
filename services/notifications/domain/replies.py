"""The texts of replies: to commands, to buttons, and when something cannot be done."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from services.notifications.domain.cheers import is_milestone
from services.notifications.domain.event_data import Streak
from services.notifications.domain.file_texts import IMPORT_REFUSALS
from services.notifications.domain.i18n import gettext, mark
from services.notifications.domain.links import masked_email
from services.notifications.domain.messages import (
    amount_text,
    so_far_text,
    streak_text,
)
from services.notifications.domain.people import Person
from services.notifications.domain.titles import shown

HELP = mark(
    "Here is what I can do:\n"
    "/today — your habits of today, with buttons\n"
    "/new — a new habit, step by step, or in a line: /new Read 20 pages daily 21:00\n"
    "/habits — all habits: edit, pause, archive, delete\n"
    "/stats — a picture of the last days; /stats run of one habit\n"
    "/report — a report of the day, week or month, now\n"
    "/tips — what I suggest, applied with one tap\n"
    "/pause 7d, /resume — days that do not count\n"
    "/export — your data as a file; send me a file, also of another tracker, to import it\n"
    "/settings — time zone, language, quiet hours, reports, cheers\n"
    "/code — a code to sign in elsewhere\n"
    "/unlink — disconnect this chat from your account\n"
    "/delete — delete your account\n"
    "/cancel — stop what we are in the middle of\n"
    "/help — this list\n"
    "\n"
    "You can also just write: “done water”, “run 5”, “read 20 yesterday”, “undo”."
)
NOT_UNDERSTOOD = mark(
    "I did not understand that. Send /today for your habits, or /help for what I can do."
)
HOW_TO_LINK = mark(
    "Hello! I am your habit tracker's bot, and I do not know you yet. Open the app, choose "
    '"Link Telegram", and open the link it gives you on this phone.'
)
LINK_SPENT = mark(
    "That link is used up or too old: each works once, for ten minutes. Ask the app for a new one."
)
LINKED_ALREADY = mark("This chat is linked already. Send /today to see your habits.")
MOVED_AWAY = mark("Your habits are linked to another chat now. I will write there.")
NOT_LINKED = mark("All right, nothing was linked.")
ASK_UNLINK = mark(
    "Disconnect this chat? Your habits are kept, I will write no more, and the app can link a chat "
    "again at any time."
)
ASK_UNLINK_LAST = mark(
    "Disconnect this chat? Your account has no email address yet: without this chat you could not "
    "sign in any more. Send /code first, sign in with it elsewhere and set an address there."
)
STILL_LINKED = mark("All right, this chat stays linked.")
UNLINKED = mark("This chat is no longer linked. Your habits are kept; I will write no more.")
ONLY_PRIVATE = mark("I talk about habits in private chats only. Write to me there.")
BUTTON_OLD = mark("This button is too old. Send /today for new ones.")
TRY_AGAIN = mark("I cannot reach your habits right now. Please try again in a moment.")
ONE_MOMENT = mark("One moment…")
UNDO_LATE = mark("Something else has changed since. Please undo it in the app.")
NOTHING_TO_UNDO = mark("There is nothing to take back.")
ACCOUNT_DELETED = mark("This account no longer exists, so I have forgotten this chat.")
NOT_DUE = mark("This habit is not on that day's list any more. Send /today for the present one.")
STAY_BELOW = mark("This one is about staying below. Note amounts with its + buttons.")
UNDONE_TEXT = mark("↩️ Taken back")
CANCELED = mark("All right, I have stopped.")
NOTHING_TO_CANCEL = mark("There is nothing to stop.")
AMOUNT_UNCLEAR = mark("Please send a number over 0, such as 2.5, or /cancel.")
MINUTES_UNCLEAR = mark("Please send a number of minutes from 5 to 720, or /cancel.")
ASK_NOTE = mark("What would you like to note? Send it as a message, or /cancel.")
ASK_MINUTES = mark("In how many minutes shall I remind you? Send a number from 5 to 720.")
NOTED = mark("📝 Noted")
HOW_TO_REGISTER = mark("Or begin right here, without an app: choose your language.")
REGISTERED = mark(
    "🎉 Welcome! Your account is ready. Send /new to make your first habit, or /help to see all "
    "that I can do."
)
ASK_ZONE = mark(
    "Which time zone are you in? Choose one, write the name of a big city near you, or share your "
    "location."
)
LOCATION_USE = mark("Your location only tells me the time zone; it is not stored.")
WHICH_ZONE = mark("Which of these is it?")
ZONE_UNKNOWN = mark("I do not know that city. Write the name of a bigger one in your time zone.")
ASK_DELETE_ACCOUNT = mark(
    "Delete your account with all habits, check-ins and reports? This cannot be undone."
)
ACCOUNT_KEPT = mark("All right, nothing was deleted.")
ASK_TITLE = mark("What is it called? Send a title, such as “Read”.")
TITLE_TOO_LONG = mark("That title is too long: at most 120 characters.")
ASK_MEASURE = mark("How is a day of it measured?")
ASK_GOAL = mark("How much? Send an amount, with a unit if you like, such as “20 pages”.")
ASK_LIMIT = mark("At most how much? Send an amount, such as “2 cups”; 0 to quit altogether.")
GOAL_UNCLEAR = mark("Please send a number, with a unit if you like, such as “20 pages”.")
ASK_SCHEDULE = mark("How often?")
ASK_TIMES = mark("When shall I remind you? Choose, or send times such as “8:00 21:30”.")
ASK_NEW_TIMES = mark(
    "When shall I remind you? Send all times, such as “8:00 21:30”, or a minus sign for never."
)
TIMES_UNCLEAR = mark("Please send times of day, such as “8:00 21:30”.")
CREATED = mark("✅ Created. It is on /today now.")
CHANGED = mark("✅ Changed")
DELETED = mark("🗑 Deleted.")
ASK_PAUSE = mark("For how long does it pause?")
ASK_DELETE = mark("Delete it with all of its check-ins? This cannot be undone.")
NO_HABITS = mark("You have no habits yet. Send /new to make the first one.")
NO_ARCHIVED = mark("Nothing is archived.")
PAUSED = mark("⏸ Everything is paused. /resume ends it.")
RESUMED = mark("▶ Back again!")
NOT_PAUSED = mark("Nothing is paused for all habits. /habits shows each one.")
PAUSE_UNCLEAR = mark("Say for how long: “/pause 7d”, “/pause 2w” or “/pause until 2026-12-01”.")
ASK_QUIET = mark("When shall I keep quiet? Choose, or send a span such as “22:30-06:45”.")
QUIET_UNCLEAR = mark("Please send a span of times, such as “22:30-06:45”.")
ASK_REPORT = mark("Which report?")
REPORT_COMES = mark("📊 Your report is on its way.")
NO_TIPS = mark("I have nothing to suggest now. After two weeks of check-ins I know more.")
TIP_OVER = mark("That suggestion is over. Send /tips for the present ones.")
TIP_CHANGED_SINCE = mark("The habit was changed since. Edit it with /habits as you want it to be.")
TIP_NOT_APPLIED = mark("This suggestion was not applied, so there is nothing to undo.")
TIP_REFUSED = mark(
    "The habit cannot be changed like that any more. /tips shows what I suggest now."
)
CHANGES_NOT_COUNTED = mark("Your last changes are not counted yet. Try again in a moment.")
TIP_PUT_ASIDE = mark("👌 Not now: it stays away for 30 days.")
USUAL_TIMES = ("08:00", "12:00", "18:00", "21:00")

_HUNDREDTH = Decimal("0.01")
NOT_DONE_YET = mark("Record the day first; then a note can be added to it.")

_REFUSALS = {
    "HABIT_NOT_FOUND": mark("This habit no longer exists."),
    "HABIT_ARCHIVED": mark("This habit is archived. Restore it in the app to go on with it."),
    "CHECK_IN_IN_FUTURE": mark("That day has not come yet."),
    "CHECK_IN_BEFORE_START": mark("The habit had not begun on that day."),
    "DAY_OVER": mark("That day is over, so I will not remind you of it again."),
    "NOTHING_TO_UNDO": NOTHING_TO_UNDO,
    "RECOMMENDATION_NOT_FOUND": TIP_OVER,
    "NOTHING_TO_APPLY": TIP_OVER,
    "HABIT_CHANGED_SINCE": TIP_CHANGED_SINCE,
    "RECOMMENDATION_NOT_APPLIED": TIP_NOT_APPLIED,
    "HABIT_CHANGE_REFUSED": TIP_REFUSED,
    "CHANGES_NOT_COUNTED": CHANGES_NOT_COUNTED,
    "NOTHING_WAS_DUE": mark("Nothing was due in that time, so there is nothing to report."),
    "TITLE_MISSING": mark("A title needs something that can be seen."),
    "TITLE_TOO_LONG": TITLE_TOO_LONG,
    "AMOUNT_OUT_OF_RANGE": mark("That amount is out of range: over 0, at most 1000000000."),
    "NOTE_TOO_LONG": mark("That note is too long: at most 2000 characters."),
} | IMPORT_REFUSALS


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What came of a button that changed a day."""

    streak: Streak
    revision: int
    """Of the day after the change, for the button that takes it back."""


def greeting(person: Person) -> str:
    """Welcome somebody whose chat has just been linked."""
    if person.display_name:
        text = gettext(
            "✅ Linked! Hello, {name}. I will remind you here. Send /today to see your habits."
        )
        return text.format(name=person.display_name)
    return gettext("✅ Linked! Hello. I will remind you here. Send /today to see your habits.")


def ask_link(email: str, display_name: str, *, linked_before: bool) -> str:
    """Ask whether to link the chat with an account, of which the address is shown masked."""
    account = masked_email(email) if email else shown(display_name) or gettext("a chat's account")
    question = gettext("🔗 Link this chat with {account}?").format(account=account)
    if linked_before:
        question += "\n" + gettext("Its link with your other account ends then.")
    return question


def tip_applied(label: str) -> str:
    """Say what the tap on a tip has changed: `✅ Changed · 🗓 3 times a week`."""
    return f"{gettext(CHANGED)} · {label}"


def tip_undone(label: str) -> str:
    """Say what was restored as it had been: `↩️ Taken back · 🗓 3 times a week`."""
    return f"{gettext(UNDONE_TEXT)} · {label}"


def refusal_text(reason: str, message: str, *, habits_reason: str = "") -> str:
    """Return a service's refusal in plain words; one without such words keeps its sentence.

    Args:
        reason: The service's reason.
        message: Its sentence.
        habits_reason: Why habits refused, where the service had asked habits to change something.
    """
    if habits_reason in _REFUSALS:
        return gettext(_REFUSALS[habits_reason])
    return gettext(_REFUSALS[reason]) if reason in _REFUSALS else message or gettext(TRY_AGAIN)


def done_text(streak: Streak, amount: Decimal | None = None, unit: str = "") -> str:
    """Confirm that something is done: `✅ Done · 3 km · 4 days in a row`."""
    texts = [gettext("✅ Done")]
    if amount is not None:
        texts.append(amount_text(amount.quantize(_HUNDREDTH, ROUND_HALF_UP), unit))
    if streak.length == 1:
        texts.append(gettext("a new streak begins"))
    elif streak.length > 1:
        sign = "🏆 " if is_milestone(streak) else ""
        texts.append(sign + streak_text(streak))
    return " · ".join(texts)


def added_text(added: Decimal, amount: Decimal, unit: str, *, title: str = "") -> str:
    """Confirm an amount that was added: `➕ 5 km · 12 km so far`."""
    texts = [f"➕ {amount_text(added, unit)}", so_far_text(amount, unit)]
    return " · ".join([title, *texts] if title else texts)


def skipped_text(streak: Streak) -> str:
    """Confirm that a day is left out."""
    if streak.length > 1:
        return gettext("⏭ Skipped · still {streak}").format(streak=streak_text(streak))
    return gettext("⏭ Skipped")


def later_text(remind_time: datetime, person: Person) -> str:
    """Confirm a snooze, at the person's own time."""
    time = f"{person.local(remind_time):%H:%M}"
    return gettext("⏰ I will remind you again at {time}").format(time=time)


def ask_amount(title: str, unit: str) -> str:
    """Ask how much is to be added."""
    if unit:
        return gettext("How many {unit} shall I add to “{title}”?").format(unit=unit, title=title)
    return gettext("How much shall I add to “{title}”?").format(title=title)


def with_title(message_text: str, text: str) -> str:
    """Return a reminder with its answer: the title stays, what came below it goes."""
    title = message_text.partition("\n")[0]
    return f"{title}\n{text}" if title else text


def did_you_mean(word: str) -> str:
    """Ask which of several habits was meant."""
    return gettext("Which one do you mean by “{word}”?").format(word=word)


def no_habit_named(word: str) -> str:
    """Say that no habit fits."""
    return gettext("I find no habit like “{word}”. Send /habits to see them.").format(word=word)


def no_such_habit(word: str) -> str:
    """Say that no habit of the day fits."""
    return gettext("I find no habit like “{word}” on that day. Send /today to see them.").format(
        word=word
    )
