"""The palette of Loop Habit Tracker, and of its older versions."""

from collections.abc import Mapping

PALETTE = (
    "#d32f2f",
    "#e64a19",
    "#f57c00",
    "#ff8f00",
    "#f9a825",
    "#afb42b",
    "#7cb342",
    "#388e3c",
    "#00897b",
    "#00acc1",
    "#039be5",
    "#1976d2",
    "#303f9f",
    "#5e35b1",
    "#8e24aa",
    "#d81b60",
    "#5d4037",
    "#303030",
    "#757575",
    "#aaaaaa",
)
"""The colors by their number, 0 to 19."""

OF_ARGB: Mapping[int, int] = {
    -2937041: 0,
    -1684967: 1,
    -415707: 2,
    -5262293: 3,
    -13070788: 4,
    -16742021: 5,
    -16732991: 6,
    -16540699: 7,
    -10603087: 8,
    -7461718: 9,
    -2614432: 10,
    -13619152: 11,
    -5592406: 12,
}
"""Before version 14 of the schema a color was an Android integer; numbers of the old palette."""
OF_OLD_PALETTE: Mapping[int, int] = {
    12: 19,
    11: 17,
    10: 15,
    9: 14,
    8: 13,
    7: 10,
    6: 9,
    5: 8,
    4: 7,
    3: 5,
    2: 4,
}
"""Up to version 20 the palette had 13 colors; those not named here kept their numbers."""


def nearest(color: str) -> int:
    """Return the number of the palette's color that is most like `#rrggbb`; 8 for none."""
    wanted = _channels(color)
    if wanted is None:
        return 8
    distances = [
        sum((a - b) ** 2 for a, b in zip(wanted, _channels(it) or wanted, strict=True))
        for it in PALETTE
    ]
    return distances.index(min(distances))


def _channels(color: str) -> tuple[int, int, int] | None:
    if len(color) != len("#rrggbb"):
        return None
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
