"""Counts many habits at once, as arrays: a row a habit, a column a day. For periodic tasks only.

The numbers equal `rhythm`'s, which counts what changed over time; here are habits that have asked
for the same ever since their start. `counted_habit` (what to count of a habit), `day_grid` (the
facts), `unit_ends` (what became of each due unit), `totals` and `checkpoints` (what is counted).
"""
