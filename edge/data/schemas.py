"""Response bodies of imports."""

from typing import Annotated, Literal

from pydantic import Field

from edge.habits.schemas.common import Moment
from edge.schemas import Problem, ResponseBody


class Dropped(ResponseBody):
    """Something that was left out."""

    what: Annotated[str, Field(examples=["Run: 2026-02-30"])]
    """What it is, as the file calls it."""
    why: Annotated[str, Field(examples=["the day has not come yet"])]


class ImportCounts(ResponseBody):
    """How many things of one kind were new, different, or as they are."""

    created: int
    updated: int
    unchanged: int


class ImportReport(ResponseBody):
    """What became of everything in a file: habits, days and pauses together, and each alone."""

    created: int
    updated: int
    unchanged: int
    dropped: list[Dropped]
    """What was left out, and why; the first 200. Days of a habit with one reason are one entry."""
    dropped_count: int
    """How many days and other things were left out in all."""
    source: Annotated[str, Field(examples=["loop"])]
    """The kind of file it was found to be."""
    dry_run: bool
    habits: ImportCounts
    days: ImportCounts
    pauses: ImportCounts


class FileImport(ResponseBody):
    """An import that runs, or has run."""

    id: str
    state: Literal["uploading", "running", "done", "failed"]
    dry_run: bool
    done: int
    """How many days were looked at so far."""
    total: int
    """How many there are; 0 until the file was parsed."""
    report: ImportReport | None
    """The result; null until it is done."""
    problem: Problem | None
    """Why it failed; then nothing was written."""
    create_time: Moment
