"""The history of schema `notifications`."""
