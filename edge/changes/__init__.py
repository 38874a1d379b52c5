"""What has changed since a cursor: asked for, or as a stream of events."""
