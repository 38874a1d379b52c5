"""Accounts over REST: registration, sign-in, token refresh, and the own account."""
