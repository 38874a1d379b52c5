"""Keys of push services, as other tools write them."""

import pytest

from chassis.vapid import (
    create_vapid_key,
    from_base64,
    is_public_point,
    public_point,
    read_vapid_key,
    to_base64,
)

# RFC 8291, appendix A: the application server's key pair.
PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"


def test_the_public_key_is_the_one_of_the_rfc() -> None:
    assert public_point(read_vapid_key(PRIVATE)) == PUBLIC
    assert is_public_point(PUBLIC)


def test_a_new_key_can_be_read_and_is_another_one() -> None:
    keys = {create_vapid_key() for _ in range(2)}
    assert len(keys) == 2
    for key in keys:
        assert is_public_point(public_point(read_vapid_key(key)))


@pytest.mark.parametrize("text", ["", "abc", "a" * 44, "/" * 43, "ы" * 43, "A" * 43])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_vapid_key(text)


@pytest.mark.parametrize("text", ["", "BAAA", "B" + "A" * 86, to_base64(b"\x04" + b"\x01" * 64)])
def test_what_is_no_point_of_the_curve_is_none(text: str) -> None:
    assert not is_public_point(text)


def test_padding_is_read_and_not_written() -> None:
    assert from_base64("YQ==") == from_base64("YQ") == b"a"
    assert to_base64(b"a") == "YQ"
