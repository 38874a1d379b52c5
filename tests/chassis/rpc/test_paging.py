from typing import Any

import pytest

from chassis.rpc.paging import Page, PageSizeNegative, PageTokenInvalid, next_page_token, read_page
from contracts.habits.v1.habit_service_pb2 import ListPausesRequest

QUESTION = ListPausesRequest(habit_id="h1")


def list_request(**fields: Any) -> ListPausesRequest:
    request = ListPausesRequest()
    request.CopyFrom(QUESTION)
    request.MergeFrom(ListPausesRequest(**fields))
    return request


@pytest.mark.parametrize(("asked_for", "given"), [(0, 50), (1, 1), (200, 200), (201, 200)])
def test_a_page_has_a_size_within_limits(asked_for: int, given: int) -> None:
    assert read_page(list_request(page_size=asked_for)) == Page(size=given, after=None)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(PageSizeNegative):
        read_page(list_request(page_size=-1))


def test_the_next_page_goes_on_after_the_last_key() -> None:
    token = next_page_token(QUESTION, ["2026-01-09", 'a "quoted" key'])
    page = read_page(list_request(page_token=token, page_size=7))
    assert page == Page(size=7, after=("2026-01-09", 'a "quoted" key'))


def test_a_token_belongs_to_its_question() -> None:
    token = next_page_token(QUESTION, ["k"])
    with pytest.raises(PageTokenInvalid):
        read_page(list_request(page_token=token, habit_id="h2"))


@pytest.mark.parametrize("token", ["x", "====", "!!", "aGVsbG8", "ä", "AAAAAAAAAAAie30i"])
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(PageTokenInvalid):
        read_page(list_request(page_token=token))
