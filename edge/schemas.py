"""Base models of request and response bodies, pages of lists, and problems."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from chassis.text import is_readable
from edge.validation import TEXT_UNREADABLE


class RequestBody(BaseModel):
    """Base of request bodies. Unknown fields are refused, so that typos are noticed."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _require_readable_text(cls, value: object) -> object:
        """Refuse text that no service can be sent, or no database can store."""
        if isinstance(value, str) and not is_readable(value):
            raise PydanticCustomError(TEXT_UNREADABLE, "is not readable")
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, str) and not is_readable(item):
                    raise PydanticCustomError(TEXT_UNREADABLE, "is not readable", {"index": index})
        return value


class ResponseBody(BaseModel):
    """Base of response bodies."""

    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


class Page[T](ResponseBody):
    """One page of a list."""

    items: list[T]
    next_page_token: Annotated[str | None, Field(examples=[None])]
    """Send it as `page_token` for the next page; null on the last one."""


class FieldError(ResponseBody):
    """A field of the request that is not valid."""

    field: Annotated[str, Field(examples=["title"])]
    """The field as the request names it, such as `schedule.weekdays[0]`."""
    message: Annotated[str, Field(examples=["is required"])]


class Problem(ResponseBody):
    """Why a request was refused or failed (RFC 9457)."""

    type: Annotated[str, Field(examples=["/problems/habit-archived"])]
    title: Annotated[str, Field(examples=["Habit archived"])]
    status: Annotated[int, Field(examples=[409])]
    detail: Annotated[str, Field(examples=["The habit is archived. Restore it first."])]
    """A sentence for people: what was wrong, and what would help."""
    instance: Annotated[str, Field(examples=["/v1/habits/0198c3f2-…/check-ins"])]
    """The path of the request."""
    reason: Annotated[str, Field(examples=["HABIT_ARCHIVED"])]
    """A stable code for programs."""
    metadata: dict[str, str] = {}
    """The values that `detail` mentions."""
    errors: list[FieldError] | None = None
    """What is wrong with each field; with status 422 only."""
    request_id: str
    """Finds the request in the logs."""
