"""Every query, by noun. Domain values in and out; never commits."""
