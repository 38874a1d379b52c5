"""Values and checkpoints that `rhythm` refuses. Services turn each into an error of their own."""

from datetime import date


class RuleBroken(ValueError):
    """A value that no rule of the domain allows.

    Attributes:
        field: The name of the field that is wrong, as the API spells it.
        value: What was given for it.
    """

    def __init__(self, field: str, value: object, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.value = value


class ScheduleInvalid(RuleBroken):
    """A schedule whose parts do not go together, or are out of range."""


class GoalInvalid(RuleBroken):
    """A goal that its measure or schedule cannot have."""


class StartDateInvalid(RuleBroken):
    """A start date before 1900."""

    def __init__(self, start_date: date) -> None:
        super().__init__("start_date", start_date, f"A habit cannot start in {start_date.year}.")


class VersionsInvalid(RuleBroken):
    """Versions of a habit that are missing, or not in order of their dates."""


class PauseInvalid(RuleBroken):
    """A pause that ends before it begins."""


class AmountTooFine(RuleBroken):
    """An amount with more than three decimal places."""

    def __init__(self, value: object) -> None:
        super().__init__("amount", value, f"An amount has at most 3 decimal places, not {value}.")


class ZoneUnknown(RuleBroken):
    """A name that is no IANA time zone."""

    def __init__(self, zone: str) -> None:
        super().__init__("timezone", zone, f"{zone!r} is not an IANA time zone.")


class CheckpointStale(ValueError):
    """A checkpoint that does not fit what it is asked to go on with; rebuild it from the facts.

    Attributes:
        through: The date the checkpoint is closed through; of an earlier format, its first value.
    """

    def __init__(self, through: object, sentence: str) -> None:
        super().__init__(f"The checkpoint through {through} {sentence}")
        self.through = through
