"""Counts many habits at once, as arrays: a row a habit, a column a day. For counts of everybody.

The numbers equal those of `rhythm.evaluate`, which counts what changed over time; here are habits
that have asked for the same ever since their start. `counted_habit` (what to count of a habit),
`day_grid` (the facts), `unit_ends` (what became of each due unit), `checkpoints` (what they come
to), `counting` (all of it). Needs numpy, which nothing else here does.
"""
