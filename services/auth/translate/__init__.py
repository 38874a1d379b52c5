"""Protobuf to domain and back. Refuses what cannot be read; decides nothing."""
