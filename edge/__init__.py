"""The public face: REST outside, gRPC inside. It holds no state and decides nothing.

`middleware` gives a request its id, deadline, log line and metrics; a route validates it with
`schemas`, calls one service through a stub of `clients`, and `translate` makes the JSON response.
Errors become `application/problem+json` in `problems`.
"""
