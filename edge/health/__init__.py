"""Whether the edge lives, whether everything it stands on answers, and what it counts."""
