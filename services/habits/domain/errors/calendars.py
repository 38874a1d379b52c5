"""What is refused of calendars."""

from chassis.errors import NotFound


class CalendarNotFound(NotFound):
    """No calendar has this address. It may have been replaced; create a new one."""

    def __init__(self) -> None:
        super().__init__("There is no calendar at this address: it was deleted or replaced.")
