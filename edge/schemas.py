"""The JSON that every module shares: what bodies and answers inherit, lists, and problems."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A request's body. A field nobody knows is refused: a typo is told, not swallowed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


class Answer(BaseModel):
    """A response's body."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


class Page[T](Answer):
    """One page of a list."""

    items: list[T]
    next_page_token: Annotated[str | None, Field(examples=[None])]
    """Send it as `page_token` for the next page; null on the last one."""


class FieldError(Answer):
    """One field that was wrong."""

    field: Annotated[str, Field(examples=["title"])]
    """Where it stands in the request, such as `schedule.weekdays.0`."""
    message: Annotated[str, Field(examples=["is required"])]


class Problem(Answer):
    """Why a request was not done (RFC 9457)."""

    type: Annotated[str, Field(examples=["/problems/habit-archived"])]
    title: Annotated[str, Field(examples=["Habit archived"])]
    status: Annotated[int, Field(examples=[409])]
    detail: Annotated[str, Field(examples=["The habit is archived. Restore it first."])]
    """A sentence for people: what was wrong, and what would help."""
    instance: Annotated[str, Field(examples=["/v1/habits/0198c3f2-…/check-ins"])]
    """The path that was asked for."""
    reason: Annotated[str, Field(examples=["HABIT_ARCHIVED"])]
    """For programs; never changes its meaning."""
    metadata: dict[str, str] = {}
    """The values that the sentence mentions."""
    errors: list[FieldError] | None = None
    """What was wrong with each field; with status 422 only."""
    request_id: str
    """Finds the request in the logs."""
