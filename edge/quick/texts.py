"""What quick links say, in the owner's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.habits.v1.quick_link_service_pb2 import GetQuickLinkResponse, UseQuickLinkResponse


@dataclass(frozen=True, slots=True)
class QuickLinkTexts:
    """The words of one language."""

    language: str
    button: str
    added: str
    done: str
    already: str
    repeated: str
    streak: str
    close: str
    not_found: str


_TEXTS: Mapping[str, QuickLinkTexts] = {
    "en": QuickLinkTexts(
        language="en",
        button="Check in",
        added="{title}: {total} today.",
        done="{title}: done.",
        already="{title}: was done already.",
        repeated="{title}: counted a moment ago, not twice.",
        streak="Streak: {length}.",
        close="You can close this page.",
        not_found="This link no longer works. Create a new one in the app.",
    ),
    "ru": QuickLinkTexts(
        language="ru",
        button="Отметить",
        added="{title}: сегодня {total}.",
        done="{title}: отмечено.",
        already="{title}: уже отмечено.",
        repeated="{title}: только что отмечено, второй раз не считается.",
        streak="Серия: {length}.",
        close="Страницу можно закрыть.",
        not_found="Эта ссылка больше не работает. Создайте новую в приложении.",
    ),
}


def texts_of(locale: str) -> QuickLinkTexts:
    """Return the words of a language; English where we do not speak it."""
    return _TEXTS.get(locale[:2].lower(), _TEXTS["en"])


def all_texts() -> list[QuickLinkTexts]:
    """Return the words of every language, for a reader whose language is unknown."""
    return list(_TEXTS.values())


def amount_text(amount: str, unit: str) -> str:
    """Return an amount with its unit."""
    return f"{amount} {unit}".strip()


def button_text(shown: GetQuickLinkResponse) -> str:
    """Return what the button of the page says."""
    button = texts_of(shown.locale).button
    return f"{button}: +{amount_text(shown.amount, shown.unit)}" if shown.amount else button


def message_of(used: UseQuickLinkResponse) -> str:
    """Return the sentence that tells what one use did."""
    shown, texts = used.quick_link, texts_of(used.quick_link.locale)
    if used.repeated_tap:
        return texts.repeated.format(title=shown.habit_title)
    check_in, length = used.outcome.check_in, used.outcome.current_streak.length_count
    if check_in.amount:
        total = amount_text(check_in.amount, shown.unit)
        sentence = texts.added.format(title=shown.habit_title, total=total)
    else:
        sentence = texts.done if used.outcome.changed else texts.already
        sentence = sentence.format(title=shown.habit_title)
    return f"{sentence} {texts.streak.format(length=length)}" if length else sentence
