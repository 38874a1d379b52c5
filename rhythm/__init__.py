"""The shared kernel: days, schedules, goals, streaks, strength. Pure: no I/O, no clock.

Read in this order: `days` (which date is today), `schedule` and `goal` (what is asked), `plan`
(what a habit is, over time), `units` (what was asked and done), `evaluate` (every number),
`history` (every day).
"""
