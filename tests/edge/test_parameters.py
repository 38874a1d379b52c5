"""The idempotency key."""

from uuid import UUID

from edge.parameters import request_id_of


def test_a_uuid_is_used_as_it_is() -> None:
    key = "0198C3F2-7D5E-7C11-9F6A-3A5B8C1D2E4F"
    assert request_id_of(key) == key.lower()


def test_any_other_text_stands_for_one_uuid() -> None:
    assert request_id_of("water, monday") == request_id_of("water, monday")
    assert request_id_of("water, monday") != request_id_of("water, tuesday")
    assert UUID(request_id_of("ü")).version == 5


def test_without_a_key_every_request_is_its_own() -> None:
    assert request_id_of(None) != request_id_of(None)
    assert UUID(request_id_of("")).version == 7
