"""What is always true of numbers, reports and advice. No I/O, no clock, no wire."""
