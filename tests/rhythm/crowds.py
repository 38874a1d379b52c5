"""Random lives of habits that were never edited, and their facts as arrays."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import strategies as st

from rhythm.goal import Measure
from rhythm.plan import DayFact, Mark
from rhythm.vectorized.day_grid import DONE, MISSED, SKIP, FactColumns
from tests.rhythm.histories import QUANTITY_BYTES, YES_NO_BYTES, Life, lives

CODES = {None: 0, Mark.DONE: DONE, Mark.SKIP: SKIP, Mark.MISSED: MISSED}


@st.composite
def crowds(draw: st.DrawFn) -> list[Life]:
    """Draw people of one habit each, with many facts: what hypothesis draws is mostly empty."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    return [
        _filled(life, chance)
        for life in draw(st.lists(lives(most_days=120), min_size=1, max_size=6))
    ]


def _filled(life: Life, chance: random.Random) -> Life:
    plan = replace(life.plan, versions=life.plan.versions[:1], week_changes=())
    kinds = YES_NO_BYTES if plan.measure is Measure.YES_NO else QUANTITY_BYTES
    share = chance.choice([0.0, 0.9, 0.9])
    facts = dict(life.facts)
    for n in range((life.today - plan.start_date).days):
        if chance.random() < share and (fact := chance.choice(kinds)) != DayFact():
            facts[plan.start_date + timedelta(days=n)] = fact
    return replace(life, plan=plan, facts=facts)


def fact_columns(crowd: Sequence[Life], first_days: Sequence[int]) -> FactColumns:
    """Return the facts of each life since a day, and nothing before it, in order."""
    found = [
        (place, day.toordinal(), CODES[fact.mark], fact.amount_thousandths)
        for place, (life, first) in enumerate(zip(crowd, first_days, strict=True))
        for day, fact in sorted(life.facts.items())
        if day.toordinal() >= first
    ]
    rows, days, marks, amounts = np.array(found, np.int64).reshape(-1, 4).T
    return FactColumns(rows, days, marks.astype(np.uint8), amounts)
