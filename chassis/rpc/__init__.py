"""Calls between services: one server, one channel, and what both promise to every call."""
