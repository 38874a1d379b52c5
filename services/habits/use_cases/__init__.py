"""One function per thing that can be asked."""
