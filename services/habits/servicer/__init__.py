"""gRPC: read, do, write."""
