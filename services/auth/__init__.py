"""Owns accounts, passwords, sessions, and the keys that access tokens are signed with.

Publishes UserRegistered, UserUpdated, UserDeleted. Handles no events.
"""
