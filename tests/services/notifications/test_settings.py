"""Settings that are refused with the reason, before anything is told to Telegram."""

import pytest

from chassis.settings import SettingsError
from services.notifications.settings import NotificationsSettings, mini_app_url


def settings_of(web_url: str | None) -> NotificationsSettings:
    return NotificationsSettings(
        database_url="postgresql://nowhere/none",
        amqp_url="amqp://nowhere",
        jwks_file="/nowhere",  # type: ignore[arg-type]
        redis_url="redis://nowhere",
        web_url=web_url,
    )


@pytest.mark.parametrize("url", ["https://habits.example", "https://habits.example/"])
def test_the_menu_button_opens_the_page_for_telegram(url: str) -> None:
    assert mini_app_url(settings_of(url)) == "https://habits.example/telegram"
    assert mini_app_url(settings_of(None)) is None


@pytest.mark.parametrize(
    "url", ["http://habits.example", "habits.example", "https://", "https://a.example/b"]
)
def test_an_address_that_telegram_does_not_open_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="WEB_URL"):
        mini_app_url(settings_of(url))
