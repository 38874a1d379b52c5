"""Responses with an entity tag: the content, or 304 where the client has it already."""

from collections.abc import Mapping

from starlette.responses import Response


def tagged_response(
    content: bytes,
    *,
    etag: str,
    if_none_match: str | None,
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    """Return the content with its tag; without content when `if_none_match` names the tag.

    Args:
        content: The body.
        etag: Its tag, with its quotation marks.
        if_none_match: The header of the request.
        media_type: Of the body.
        headers: Of both responses.
    """
    headers = {**headers, "ETag": etag}
    if if_none_match is not None and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
