"""Every query: domain values in and out, never commits."""
