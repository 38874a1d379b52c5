"""Wire ⇄ domain: refuses the unreadable, decides nothing."""
