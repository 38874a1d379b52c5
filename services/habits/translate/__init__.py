"""Wire to domain and back; refuses the unreadable, decides nothing."""
