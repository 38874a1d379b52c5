"""Five hundred hostile titles in every message that shows one: Telegram takes them all."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4

from services.notifications.domain import replies
from services.notifications.domain.buttons import (
    LONGEST_DATA_BYTES,
    Buttons,
    Measure,
)
from services.notifications.domain.event_data import (
    HabitDone,
    Period,
    ReminderDue,
    ReportCreated,
    Streak,
)
from services.notifications.domain.habit_cards import HabitCard, Square
from services.notifications.domain.habit_forms import HabitForm
from services.notifications.domain.messages import Kind, batch_cheer, cheer, reminder, report
from services.notifications.domain.schedules import ScheduleChoice
from services.notifications.domain.sending import Delivered, Message
from services.notifications.domain.tips import Tip
from services.notifications.domain.titles import shown
from services.notifications.domain.today import (
    PAGE_SIZE,
    ItemState,
    Today,
    TodayItem,
    today_buttons,
    today_text,
)
from services.notifications.telegram import Telegram
from tests.services.notifications.conftest import LinkedChats

COUNT = 500
LONGEST_TITLE = 120
LONGEST_TEXT = 4096
TODAY, NOW = date(2026, 1, 9), datetime(2026, 1, 9, 12, tzinfo=UTC)
PIECES = (
    "<b>", "</b>", "<script>alert(1)</script>", "&lt;", "&", "<a href='x'>", "</", "<!--",
    "{title}", "{0}", "%s", "\\", "`", "*", "_", "[x](y)", "\u202e", "\u2066", "\u2067", "\u2068",
    "\u2069", "\u200f", "\u200b", "\u200d", "\ufeff", "\u0301", "\u0489", "\u20e3", "שלום",
    "مرحبا", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🔥", "é", "ﷺ", "𝕳", "\t", "\n", " ", "a",
)  # fmt: skip


def hostile_titles() -> list[str]:
    """Return titles as habits stores them: 120 characters at most, with one that is seen."""
    random = Random(7)
    titles = [
        "🔥" * LONGEST_TITLE,
        "👩‍👩‍👧‍👦" * 17,
        "ﷺ" * LONGEST_TITLE,
        "a" + "\u0301" * 119,
        "x" + "\u202e" * 119,
    ]
    while len(titles) < COUNT:
        mixed = "".join(random.choices(PIECES, k=random.randint(1, 60)))
        titles.append(f"x{mixed}"[:LONGEST_TITLE])
    return titles


def messages_of(title: str) -> list[tuple[str, Buttons]]:
    """Return every message that shows one title."""
    habit_id = uuid4()
    due = ReminderDue(
        owner_id=uuid4(),
        habit_id=habit_id,
        title=title,
        text=title,
        due_date=TODAY,
        missing=Decimal(5),
        unit=title[:20],
        measure=Measure.QUANTITY,
        expire_time=None,
    )
    done = HabitDone(
        owner_id=uuid4(),
        habit_id=habit_id,
        title=title,
        logical_date=TODAY,
        streak=Streak(30),
        from_chat=False,
    )
    made = ReportCreated(
        owner_id=uuid4(),
        period=Period.DAILY,
        completed_habits=1,
        due=1,
        met=1,
        perfect_days=1,
        streak=Streak(1),
        recommendation=title * 40,
    )
    drafts = [reminder(due), cheer(done, now=NOW), batch_cheer([done] * 3, now=NOW)]
    texts = [(it.text, it.buttons) for it in (*drafts, report(made, now=NOW))]
    form = HabitForm(title=title, measure=Measure.QUANTITY, amount="5", unit=title[:20])
    tip = Tip(recommendation_id=uuid4(), text=title * 40, action=None)
    texts += [
        (form.card(), ()),
        (card_of(habit_id, title).text(), ()),
        (tip.shown(replies.TIP_PUT_ASIDE), ()),
        (replies.did_you_mean(title), ()),
        (replies.no_habit_named(title), ()),
        (replies.no_such_habit(title), ()),
        (replies.ask_amount(shown(title), shown(title[:20])), ()),
        (replies.with_title(drafts[0].text, replies.UNDONE_TEXT), ()),
    ]
    return texts


def card_of(habit_id: UUID, title: str) -> HabitCard:
    return HabitCard(
        habit_id=habit_id,
        title=title,
        measure=Measure.QUANTITY,
        amount="5",
        unit=title[:20],
        schedule=ScheduleChoice(),
        times=("08:00",),
        archived=False,
        streak=Streak(1),
        best=Streak(1),
        strength=0.5,
        days=((TODAY, Square.MET),),
    )


def board_of(titles: list[str]) -> Today:
    measures = (Measure.YES_NO, Measure.QUANTITY, Measure.LIMIT)
    items = tuple(
        TodayItem(
            habit_id=uuid4(),
            title=title,
            measure=measures[number % 3],
            state=ItemState.OPEN,
            streak=Streak(2),
            amount=Decimal(1),
            asked=Decimal("999999999.999"),
            unit=title[:20],
            revision=2**40,
            recorded=True,
        )
        for number, title in enumerate(titles)
    )
    return Today(day=TODAY, items=items, due=len(items), met=0)


async def test_telegram_takes_every_title_in_every_message(
    chats: LinkedChats, gateway: Telegram
) -> None:
    """Nothing is refused, nothing passes a limit, and no button carries more than 64 bytes."""
    ada, titles = await chats.person(), hostile_titles()
    board = board_of(titles)
    everything = [
        (today_text(board, page), today_buttons(board, page)) for page in range(board.page_count)
    ]
    assert len(everything) == -(-COUNT // PAGE_SIZE)
    everything += [message for title in titles for message in messages_of(title)]
    for text, buttons in everything:
        assert len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT
        assert all(len(it.data.encode()) <= LONGEST_DATA_BYTES for row in buttons for it in row)
        message = Message(
            id=uuid4(),
            owner_id=ada.id,
            chat_id=ada.chat,
            kind=Kind.REPORT,
            text=text,
            buttons=buttons,
            silent=True,
            create_time=NOW,
            expire_time=None,
            attempts=1,
            unconfirmed_attempts=0,
        )
        assert isinstance(await gateway.send(message), Delivered), text
