import json
import logging
from collections.abc import Iterator

import grpc
import pytest
from prometheus_client import REGISTRY

from chassis import telemetry
from chassis.context import RequestContext, use_context

log = logging.getLogger("test")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Give the root logger back as it was: pytest looks at it too."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_log_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logs("sample")
    with use_context(RequestContext(request_id="r1")):
        log.info("two\nlines of %s", "text", extra={"habit": 3, "odd": object})
    (line,) = lines(capsys)
    assert line.pop("time")
    assert line == {
        "level": "INFO",
        "service": "sample",
        "logger": "test",
        "message": "two\nlines of text",
        "request_id": "r1",
        "habit": 3,
        "odd": "<class 'object'>",
    }


def test_an_exception_is_part_of_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logs("sample")
    try:
        raise ZeroDivisionError("no")
    except ZeroDivisionError:
        log.exception("failed")
    (line,) = lines(capsys)
    assert "ZeroDivisionError: no" in str(line["exception"])
    assert "request_id" not in line


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure_logs("sample", "warning")
    log.info("quiet")
    log.warning("loud")
    assert [line["message"] for line in lines(capsys)] == ["loud"]


def test_a_call_is_counted_by_method_and_code() -> None:
    finished = telemetry.rpc_served("/sample/Method")
    finished(grpc.StatusCode.OK, 0.003)
    finished(grpc.StatusCode.OK, 0.004)
    finished(grpc.StatusCode.NOT_FOUND, 0.1)
    counted = {
        code: REGISTRY.get_sample_value(
            "rpc_server_seconds_count", {"method": "/sample/Method", "code": code}
        )
        for code in ("OK", "NOT_FOUND", "INTERNAL")
    }
    assert counted == {"OK": 2.0, "NOT_FOUND": 1.0, "INTERNAL": None}
