from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from chassis.settings import ProcessSettings, ServiceSettings, SettingsError, read, redacted


class Mode(Enum):
    QUICK = "quick"
    SLOW = "slow"


class Sample(ProcessSettings, frozen=True, kw_only=True):
    redis_url: str
    access_token_lifetime: timedelta = timedelta(minutes=15)
    workers: Annotated[int, msgspec.Meta(ge=1, le=8)] = 2
    mode: Mode = Mode.QUICK
    demo: bool = False
    key_file: Path | None = None
    hosts: tuple[str, ...] = ()
    signing_secret: str | None = None


REDIS = {"REDIS_URL": "redis://localhost"}


def test_a_setting_is_the_variable_of_its_name() -> None:
    settings = read(
        Sample,
        REDIS
        | {
            "WORKERS": "4",
            "MODE": "slow",
            "DEMO": "true",
            "KEY_FILE": "/keys/one",
            "HOSTS": "a, b,",
        },
    )
    assert (settings.workers, settings.mode, settings.demo) == (4, Mode.SLOW, True)
    assert settings.key_file == Path("/keys/one")
    assert settings.hosts == ("a", "b")


def test_what_is_not_set_has_its_default_and_empty_is_not_set() -> None:
    settings = read(Sample, REDIS | {"WORKERS": "  ", "UNKNOWN": "x"})
    assert settings.workers == 2
    assert settings.access_token_lifetime == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("250ms", timedelta(milliseconds=250)),
        ("2d", timedelta(days=2)),
        ("90", timedelta(seconds=90)),
        ("0.5", timedelta(milliseconds=500)),
        ("PT15M", timedelta(minutes=15)),
    ],
)
def test_spans_are_written_as_people_write_them(text: str, span: timedelta) -> None:
    assert read(Sample, REDIS | {"ACCESS_TOKEN_LIFETIME": text}).access_token_lifetime == span


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = {"WORKERS": "many", "ACCESS_TOKEN_LIFETIME": "soon", "MODE": "sideways"}
    with pytest.raises(SettingsError) as refused:
        read(Sample, wrong)
    lines = str(refused.value).splitlines()
    assert {line.split()[0] for line in lines} == {*wrong, "REDIS_URL"}
    assert "REDIS_URL is missing. Set it to a text." in lines


def test_a_limit_is_kept() -> None:
    with pytest.raises(SettingsError, match="WORKERS cannot be read"):
        read(Sample, REDIS | {"WORKERS": "9"})


@pytest.mark.parametrize("text", ["", "m", "15 minutes", "-5m"])
def test_what_is_no_span_is_refused_or_unset(text: str) -> None:
    variables = REDIS | {"ACCESS_TOKEN_LIFETIME": text}
    if not text:
        assert read(Sample, variables).access_token_lifetime == timedelta(minutes=15)
        return
    with pytest.raises(SettingsError, match="ACCESS_TOKEN_LIFETIME"):
        read(Sample, variables)


def test_a_log_line_shows_no_secret() -> None:
    settings = read(
        Sample,
        {"REDIS_URL": "redis://me:hush@host:6379/0?db=1", "SIGNING_SECRET": "hush"},
    )
    shown = redacted(settings)
    assert shown["redis_url"] == "redis://me:***@host:6379/0?db=1"
    assert shown["signing_secret"] == "***"
    assert shown["access_token_lifetime"] == "0:15:00"
    assert "hush" not in str(shown)


def test_a_wrong_secret_is_not_repeated_in_the_error() -> None:
    class Pin(ProcessSettings, frozen=True, kw_only=True):
        pin_secret: int

    with pytest.raises(SettingsError) as refused:
        read(Pin, {"PIN_SECRET": "hush"})
    assert "hush" not in str(refused.value)


def test_a_service_says_which_variables_it_cannot_do_without() -> None:
    with pytest.raises(SettingsError) as refused:
        read(ServiceSettings, {})
    missing = [line.split()[0] for line in str(refused.value).splitlines()]
    assert missing == ["DATABASE_URL", "AMQP_URL", "JWKS_FILE"]
