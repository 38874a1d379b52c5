"""Calls between services: the server, the channel, and what both do for every call."""
