"""Response bodies of the calendar."""

from edge.schemas import ResponseBody


class CalendarAddress(ResponseBody):
    """The address of a calendar. It is shown once; whoever knows it reads the calendar."""

    url: str
    """For calendar apps: "subscribe", or "add by URL"."""
