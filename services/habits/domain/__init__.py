"""What is always true of habits, pauses and check-ins. No I/O, no clock, no wire."""
