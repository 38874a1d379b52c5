"""Every query: domain values in and out. Never commits."""
