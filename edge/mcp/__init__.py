"""The Model Context Protocol: tools with which an assistant reads habits and checks in.

Every tool is one request of the REST API with the caller's token, so scopes, limits and refusals
are those of REST. The SDK is heavy: the edge imports it on the first request to `/mcp`.
"""
