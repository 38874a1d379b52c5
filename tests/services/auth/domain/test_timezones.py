"""Time zones: any case is read, unknown names get near ones, and placeholders are refused."""

import pytest

from rhythm.days import zone_names
from services.auth.domain.errors import TimezoneUnknown
from services.auth.domain.timezones import read_timezone


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title, str.swapcase])
def test_every_zone_is_read_in_any_case(change: "type[str]") -> None:
    for name in sorted(zone_names() - {"Factory"}):
        assert read_timezone(change(name)) == name


def test_spaces_stand_for_underscores() -> None:
    assert read_timezone(" America/New York ") == "America/New_York"


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("Europe/Londn", "Europe/London"),
        ("london", "Europe/London"),
        ("Europe/Kiew", "Europe/Kiev"),
        ("new york", "America/New_York"),
        ("America/Sao Paolo", "America/Sao_Paulo"),
    ],
)
def test_near_names_are_proposed(text: str, suggested: str) -> None:
    with pytest.raises(TimezoneUnknown) as refused:
        read_timezone(text)
    assert suggested in refused.value.message
    assert suggested in refused.value.metadata["suggestions"]


@pytest.mark.parametrize("text", ["Factory", "factory", "Mars", "", "\0", "x" * 10_000, "+02:00"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(TimezoneUnknown):
        read_timezone(text)
