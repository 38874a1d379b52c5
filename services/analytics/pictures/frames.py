"""How requests and files travel between a service and its drawing process: length, then bytes."""

import struct
from typing import BinaryIO

import msgspec

from services.analytics.domain.picture import PictureContent, PictureStyle

HEADER = struct.Struct(">I")
_REQUEST = msgspec.msgpack.Decoder(tuple[PictureContent, PictureStyle])


def encode_request(content: PictureContent, style: PictureStyle) -> bytes:
    """Return a request as bytes; equal ones give equal bytes."""
    return msgspec.msgpack.encode((content, style))


def decode_request(frame: bytes) -> tuple[PictureContent, PictureStyle]:
    """Read a request."""
    return _REQUEST.decode(frame)


def read_frame(source: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the input."""
    header = source.read(HEADER.size)
    return source.read(HEADER.unpack(header)[0]) if len(header) == HEADER.size else None


def write_frame(sink: BinaryIO, frame: bytes) -> None:
    """Write one frame."""
    sink.write(HEADER.pack(len(frame)) + frame)
    sink.flush()
