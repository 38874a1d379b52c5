"""Owns accounts, passwords, sessions, and the keys that access tokens are signed with.

Says UserRegistered, UserUpdated, UserDeleted. Hears nothing.
"""
