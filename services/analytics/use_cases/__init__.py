"""One function per thing that can be asked, heard, or done when its time has come."""
