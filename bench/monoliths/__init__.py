"""The same check-in as one process would do it, in three styles, to be measured beside."""
