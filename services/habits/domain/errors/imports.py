"""Refusals of exports and imports."""

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation


class ExportFormatUnknown(InvalidArgument):
    """An export is json, csv or loop."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "There is no such format of an export. Choose json, csv or loop.",
            violations=[Violation("format", "must be json, csv or loop")],
            format=number,
        )


class ImportFileUnknown(InvalidArgument):
    """The file is none of those that can be imported. It is recognized by what is in it."""

    def __init__(self, why: str = "") -> None:
        super().__init__(
            "This is no file that can be imported. Send an export of this product, or of Loop "
            "Habit Tracker, beaverhabits, HabitTrove, Habo, HabitBull or Habitica."
            + (f" {why}" if why else ""),
            violations=[Violation("file", "is of no known kind")],
        )


class ImportFileBroken(InvalidArgument):
    """The file is of a known kind, but damaged or not as that kind is. The message says where."""

    def __init__(self, source: str, why: str) -> None:
        super().__init__(
            f"The file cannot be read as {source}: {why}. Export it again, and send it unchanged.",
            violations=[Violation("file", why)],
            source=source,
            why=why,
        )


class ImportFileTooLarge(InvalidArgument):
    """A file has at most 50 MB, and what is packed in it at most 300 MB."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The file is too large: {what}. Split it, or leave something out.",
            violations=[Violation("file", what)],
            what=what,
        )


class ImportTooManyRows(InvalidArgument):
    """A file has at most 1000000 days of habits. Split it."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"The file holds more than {most} days of habits. Split it.",
            violations=[Violation("file", f"at most {most} days of habits")],
            most=most,
        )


class ImportFileTooNew(InvalidArgument):
    """The file was written by a newer version of its program than is known here."""

    def __init__(self, source: str, version: object, known: object) -> None:
        super().__init__(
            f"The file is {source} in version {version}; known here is up to {known}. "
            "Export it as CSV, or update this server.",
            violations=[Violation("file", f"is of version {version}, known is up to {known}")],
            source=source,
            version=version,
            known=known,
        )


class ImportFileTooSlow(InvalidArgument):
    """Reading the file took too long or too much memory. Split it."""

    def __init__(self) -> None:
        super().__init__(
            "Reading the file takes too long or too much memory. Split it, or export it again.",
            violations=[Violation("file", "takes too long or too much memory to read")],
        )


class ImportSourceMismatch(InvalidArgument):
    """The file is of another kind than the request says. Leave `source` out, or send that file."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(
            f"The file is of the kind {found}, not {wanted}. Leave `source` out.",
            violations=[Violation("source", f"the file is of the kind {found}")],
            source=wanted,
            found=found,
        )


class ImportEmpty(InvalidArgument):
    """An import was started before anything was uploaded."""

    def __init__(self) -> None:
        super().__init__(
            "There is no file in the request, or it is empty. Send one.",
            violations=[Violation("file", "is empty")],
        )


class ImportNotFound(NotFound):
    """There is no such import among the caller's. The result of one is kept for 7 days."""

    def __init__(self, import_id: UUID | str) -> None:
        super().__init__(f"You have no import {import_id}.", import_id=import_id)


class ImportRunning(FailedPrecondition):
    """Another import of the same person is running. Wait until it is done."""

    def __init__(self, import_id: UUID) -> None:
        super().__init__(
            f"Another import of yours is running: {import_id}. Wait until it is done.",
            import_id=import_id,
        )


class ImportStarted(FailedPrecondition):
    """The import has been started: nothing can be uploaded to it any more."""

    def __init__(self, import_id: UUID) -> None:
        super().__init__(f"The import {import_id} has been started already.", import_id=import_id)


class ImportSourceUnknown(InvalidArgument):
    """A source is one of those that can be imported, or left out."""

    def __init__(self, source: str, known: Sequence[str]) -> None:
        words = ", ".join(known)
        super().__init__(
            f"There is no source {source[:40]!r}. Leave it out, or choose one of: {words}.",
            violations=[Violation("source", f"must be auto or one of: {words}")],
            source=source[:40],
        )


class ImportInterrupted(FailedPrecondition):
    """The server was stopped while the import ran. Nothing was written: send the file again."""

    def __init__(self) -> None:
        super().__init__(
            "The server was stopped while the import ran. Nothing was written: send the file again."
        )


class ImportFailed(FailedPrecondition):
    """The import failed by a fault of the server. Nothing was written; trying again may help."""

    def __init__(self) -> None:
        super().__init__(
            "The import failed, by a fault of the server. Nothing was written. Try again."
        )
