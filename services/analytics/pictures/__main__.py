"""The drawing process: reads requests from stdin, writes files to stdout, ends with its input."""

import sys
from typing import BinaryIO

from services.analytics.pictures.drawing import draw
from services.analytics.pictures.frames import decode_request, read_frame, write_frame


def main(source: BinaryIO, sink: BinaryIO) -> None:
    """Draw until the input ends. A picture that cannot be drawn ends the process with its error.

    An empty frame comes first: it says that the imports are done.
    """
    write_frame(sink, b"")
    while (frame := read_frame(source)) is not None:
        write_frame(sink, draw(*decode_request(frame)))


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
