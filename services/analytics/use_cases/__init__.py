"""One function for each request, event and periodic task."""
