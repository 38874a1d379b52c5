"""What is always true of messages, chats and preferences. No I/O, no clock, no wire."""
