"""What people write instead of pressing buttons: `done water`, `ran 5`, `undo`."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.notifications.domain.today import TodayItem
from services.notifications.domain.verbs import FILLERS, VERBS

_NUMBER = re.compile(r"\d{1,10}(?:[.,]\d{1,3})?")
_DONE = frozenset({"done", "did", "finished", "готово", "сделано", "сделал", "сделала", "да"})
_SKIP = frozenset({"skip", "skipped", "пропуск", "пропустить", "пропускаю"})
_UNDO = frozenset({"undo", "отмена", "отменить", "верни"})
_YESTERDAY = frozenset({"yesterday", "вчера"})
_TODAY = frozenset({"today", "сегодня"})
MOST_CHOICES = 8
_PREFIXES = ("про", "по", "вы", "на")
"""Of Russian verbs that say that something was done: прочитал, that is читать, done."""
_SHORTEST_STEM = 3
_ENDING = 3
"""A word may differ from a title's in so many letters at its end."""


class Intent(StrEnum):
    """What the words ask for."""

    DONE = "done"
    ADD = "add"
    SKIP = "skip"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class PlainCommand:
    """A request written in plain words."""

    intent: Intent
    title: str
    """The words that name the habit; empty for `undo`."""
    amount: Decimal | None = None
    yesterday: bool = False
    said: bool = False
    """Whether a verb such as `done` or `skip` says that it is a request."""


def parse_plain_words(text: str) -> PlainCommand | None:
    """Read a message; None when it cannot be a request."""
    words = _plain(text).split()
    yesterday = any(word in _YESTERDAY for word in words)
    words = [word for word in words if word not in _YESTERDAY | _TODAY]
    if len(words) == 1 and words[0] in _UNDO:
        return PlainCommand(Intent.UNDO, "")
    said = any(word in _DONE | _SKIP for word in words)
    amount, skip, titled = None, False, []
    for word in words:
        if amount is None and _NUMBER.fullmatch(word):
            amount = Decimal(word.replace(",", "."))
        elif word in _SKIP:
            skip = True
        elif word not in _DONE:
            titled.append(word)
    if not titled:
        return None
    intent = Intent.SKIP if skip else Intent.DONE if amount is None else Intent.ADD
    return PlainCommand(intent, " ".join(titled), amount, yesterday, said)


def matching(items: Iterable[TodayItem], title: str) -> list[TodayItem]:
    """Return the habits that these words can mean.

    Those with the very title alone, if any; else those that have all of the words; else those that
    have all but a usual verb, so that `drank coffee` means the habit Coffee.
    """
    every = list(items)
    for may_leave_verb in (False, True):
        fitting = [
            it for it in every if _fits(title, it.title, it.unit, may_leave_verb=may_leave_verb)
        ]
        exact = [item for item in fitting if _plain(item.title) == title]
        if fitting:
            return exact or fitting
    return []


def matching_titles(titles: Iterable[tuple[UUID, str]], text: str) -> list[tuple[UUID, str]]:
    """Return the habits, by id and title, that a text can mean; at most `MOST_CHOICES`."""
    wanted = _plain(text)
    found = [(key, title) for key, title in titles if _fits(wanted, title, "")]
    exact = [(key, title) for key, title in found if _plain(title) == wanted]
    return (exact or found)[:MOST_CHOICES]


def _fits(wanted: str, title: str, unit: str, *, may_leave_verb: bool = False) -> bool:
    """Say whether each word is one of the title, besides fillers and those that name the unit."""
    words, units = _plain(title).split(), _plain(unit).split()
    named = [word for word in wanted.split() if any(_same(word, other) for other in words)]
    others = [word for word in wanted.split() if word not in named and word not in FILLERS]
    if may_leave_verb:
        others = [word for word in others if word not in _VERB_OF]
    return bool(named) and all(any(_same(word, other) for other in units) for word in others)


def _same(word: str, other: str) -> bool:
    """Say whether two words are the same but for their endings, or forms of one verb."""
    if word == other or _VERB_OF.get(word, word) == _VERB_OF.get(other, other):
        return True
    stem = max(max(len(word), len(other)) - _ENDING, _SHORTEST_STEM)
    if min(len(word), len(other)) >= stem and word[:stem] == other[:stem]:
        return True
    bare = next((word.removeprefix(it) for it in _PREFIXES if word.startswith(it)), "")
    return len(bare) > _SHORTEST_STEM and _same(bare, other)


def _plain(text: str) -> str:
    """Return the words of a text without case, accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(it for it in decomposed if not unicodedata.combining(it))
    return " ".join(re.findall(r"\d+[.,]\d+|\w+", letters))


_VERB_OF = {_plain(form): number for number, verb in enumerate(VERBS) for form in verb.split()}
"""Which verb each form is one of."""
