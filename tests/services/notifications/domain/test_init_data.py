"""Launch data of a Mini App: what Telegram has signed is taken, and nothing else."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiogram.utils.web_app import check_webapp_signature

from services.notifications.domain.errors import InitDataExpired, InitDataInvalid
from services.notifications.domain.init_data import LIFETIME, read_init_data
from tests.launches import a_launch, launch_fields, signed

TOKEN = "12345:between-telegram-and-the-bot"


def read(text: str, now: datetime | None = None) -> Any:
    return read_init_data(text, bot_token=TOKEN, now=now or datetime.now(UTC))


def test_what_telegram_has_signed_is_read_and_another_library_agrees() -> None:
    text = a_launch(TOKEN, 777)
    assert check_webapp_signature(TOKEN, text)
    user = read(text).user
    assert (user.id, user.full_name, user.locale) == (777, "Ada Łovelace", "en")


def test_one_launch_is_not_another() -> None:
    first, second = a_launch(TOKEN, 777, query_id="a"), a_launch(TOKEN, 777, query_id="b")
    assert read(first).digest == read(first).digest != read(second).digest


def forged() -> dict[str, str]:
    good = a_launch(TOKEN, 777)
    fields = dict(parse_qsl(good))
    other_user = launch_fields(778)["user"]
    without = {name: value for name, value in fields.items() if name != "hash"}
    return {
        "empty": "",
        "no query": "%%%",
        "other token": a_launch("54321:another-bot", 777),
        "other user": urlencode(fields | {"user": other_user}),
        "younger": urlencode(fields | {"auth_date": str(int(time.time()) + 1)}),
        "one more field": good + "&more=1",
        "second user": urlencode([("user", other_user), *fields.items()]),
        "second user, behind": good + "&" + urlencode({"user": other_user}),
        "no hash": urlencode(without),
        "empty hash": urlencode(fields | {"hash": ""}),
        "hash that is no ASCII": urlencode(fields | {"hash": "é" * 64}),
        "shorter hash": urlencode(fields | {"hash": fields["hash"][:-1]}),
        "field left out": urlencode({k: v for k, v in fields.items() if k != "query_id"}),
        "no UTF-8": good + "&more=%ff",
        "too long": good + "&more=" + "x" * 5000,
        "too many fields": good + "".join(f"&m{n}=1" for n in range(40)),
        "signed, without a user": signed(TOKEN, launch_fields(1, user=None)),
        "signed, without a date": signed(TOKEN, launch_fields(1, auth_date=None)),
        "signed, a user without id": a_launch(TOKEN, 1, user=json.dumps({"first_name": "A"})),
        "signed, a user that is a list": a_launch(TOKEN, 1, user="[]"),
        "signed, a date that is none": a_launch(TOKEN, 1, auth_date="soon"),
        "signed, a date beyond all calendars": a_launch(TOKEN, 1, auth_date="9" * 30),
    }


@pytest.mark.parametrize("what", sorted(forged()))
def test_a_forgery_is_refused(what: str) -> None:
    with pytest.raises(InitDataInvalid):
        read(forged()[what])


def test_a_launch_is_good_for_an_hour_and_never_of_the_future() -> None:
    text = a_launch(TOKEN, 777)
    signing = datetime.fromtimestamp(int(dict(parse_qsl(text))["auth_date"]), UTC)
    read(text, signing + LIFETIME)
    with pytest.raises(InitDataExpired):
        read(text, signing + LIFETIME + timedelta(seconds=1))
    read(text, signing - timedelta(seconds=59))
    with pytest.raises(InitDataInvalid):
        read(text, signing - timedelta(seconds=61))
