"""What is always true of accounts, passwords, sessions and tokens."""
