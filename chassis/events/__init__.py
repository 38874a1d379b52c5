"""Events between services: published with the change they describe, handled once."""
