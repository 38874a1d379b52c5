"""One router for each concern of the chat."""
