"""The calendar that calendar apps subscribe to."""
