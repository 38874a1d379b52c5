"""Rules of summaries, reports and recommendations. No I/O, no clock, no wire."""
