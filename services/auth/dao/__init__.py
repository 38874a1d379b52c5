"""Every query of auth, one module for each table: domain values in and out, never commits."""
