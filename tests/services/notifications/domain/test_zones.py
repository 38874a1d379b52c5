"""Zones are found by a city or by a place."""

from zoneinfo import ZoneInfo

import pytest

from services.notifications.domain.zones import find_zones, zone_at


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ((52.52, 13.40), "Europe/Berlin"),
        ((42.23, -8.72), "Europe/Madrid"),  # Vigo, which is nearer to Lisbon
        ((42.33, -83.05), "America/Detroit"),
        ((42.31, -83.03), "America/Toronto"),  # Windsor, across the river
        ((22.57, 88.36), "Asia/Kolkata"),
        ((0.0, -30.0), "Etc/GMT+2"),  # at sea
    ],
)
def test_a_place_has_the_zone_of_its_country(place: tuple[float, float], zone: str) -> None:
    assert zone_at(*place) == zone
    assert ZoneInfo(zone)


@pytest.mark.parametrize("place", [(90.0, 0.0), (-90.0, 180.0), (0.0, -180.0), (71.0, 180.0)])
def test_the_ends_of_the_world_have_zones(place: tuple[float, float]) -> None:
    assert ZoneInfo(zone_at(*place))


@pytest.mark.parametrize(
    ("words", "zone"), [("kolkata", "Asia/Kolkata"), (" São Paulo ", "America/Sao_Paulo")]
)
def test_a_city_names_its_zone(words: str, zone: str) -> None:
    assert find_zones(words) == (zone,)
