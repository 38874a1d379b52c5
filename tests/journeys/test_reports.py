"""Reports that come by themselves."""

import pytest

from tests.journeys.people import Clients
from tests.journeys.scheduled import MOST_SECONDS, ScheduledMessages

pytestmark = pytest.mark.timeout(240)


async def test_the_report_comes_at_its_time(clients: Clients, scheduled: ScheduledMessages) -> None:
    """Cleo chose a time; at that time her day is told, once, and kept to be read again."""
    cleo = scheduled.cleo.with_clients(clients)
    report = await cleo.wait_for_message("Daily Report", within=MOST_SECONDS)
    assert report["text"].splitlines()[:3] == [
        "💡 Daily Report Ready!",
        "• 1 habit completed",
        "• Streak: 1 day",
    ]
    [kept] = (await cleo.get("analytics/reports", kind="daily"))["items"]
    assert report["text"].splitlines()[3] == f"• Recommendation: {kept['recommendation']}"
    assert (kept["summary"]["check_ins"], kept["completed_habits"]) == (1, 1)
    assert len(await cleo.messages_with("Daily Report")) == 1
