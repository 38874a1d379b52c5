"""The public face: REST outside, gRPC inside. It holds no state and decides nothing.

A request comes in by `entrance` (id, deadline, log, metrics), is read by a route's `schemas`,
goes to one service by a stub of `clients`, and comes back by `translate`, or as a problem by
`problems`.
"""
