from uuid import UUID

import pytest

from chassis.context import RequestContext
from chassis.rpc.metadata import bearer_token, from_metadata, to_metadata


def test_what_one_end_writes_the_other_reads() -> None:
    work = RequestContext(request_id="r1", traceparent="00-1-2-01", token="a.b.c")
    assert from_metadata(to_metadata(work)) == ("r1", "00-1-2-01", "a.b.c")


def test_nothing_is_sent_of_nothing() -> None:
    assert to_metadata(RequestContext()) == ()


def test_a_call_without_a_request_id_gets_one() -> None:
    first, second = from_metadata(None)[0], from_metadata(())[0]
    assert UUID(first) != UUID(second)


def test_a_request_id_does_not_grow_without_end() -> None:
    assert len(from_metadata([("x-request-id", "x" * 5000)])[0]) == 128


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer a.b", "a.b"), ("bearer  a.b ", "a.b"), ("Basic a.b", ""), ("a.b", ""), ("", "")],
)
def test_a_bearer_token_is_found(header: str, token: str) -> None:
    assert bearer_token(header) == token
