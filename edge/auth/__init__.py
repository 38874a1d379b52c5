"""Accounts over REST: register, sign in, stay signed in, and say who one is."""
