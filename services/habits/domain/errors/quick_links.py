"""What is refused of quick links."""

from chassis.errors import FailedPrecondition, NotFound


class QuickLinkNotFound(NotFound):
    """No quick link has this address or id. It may have been deleted; create a new one."""

    def __init__(self) -> None:
        super().__init__("There is no such quick link: it was deleted, or its habit was.")


class TooManyQuickLinks(FailedPrecondition):
    """A person has a limited number of quick links; delete one that is not used."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"You have {limit} quick links, which is the most. Delete one you do not use.",
            limit=limit,
        )
