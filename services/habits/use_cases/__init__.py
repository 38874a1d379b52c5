"""Use cases: one function per request, event or periodic task."""
