"""The public face: REST outside, gRPC inside. It holds no state and decides nothing.

`pipeline` gives a request its id, caller, deadline, limits, log line and metrics, and serves what
is hot. The routes of the application (`app`) validate the others with `schemas`, call one service
through a stub of `clients`, and `translate` makes the JSON response. Errors become
`application/problem+json` in `problems`.
"""
