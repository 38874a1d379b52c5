"""The app: every module's router, behind one entrance, with one way to say no."""

from importlib import import_module
from importlib.util import find_spec

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from edge import health, openapi, problems
from edge.clients import Clients
from edge.entrance import BodyLimit, Entrance
from edge.settings import EdgeSettings

VERSION = "0.1.0"
MODULES = ("auth", "habits", "analytics", "notifications")
UPLOADS = ("/v1/import",)
"""Paths that take a file, and so a larger body."""


def create_app(clients: Clients, settings: EdgeSettings) -> FastAPI:
    """Return the edge as an ASGI app. Whoever made the clients closes them."""
    app = FastAPIOffline(
        static_url="/docs/assets",
        title=openapi.TITLE,
        description=openapi.DESCRIPTION,
        version=VERSION,
        openapi_tags=openapi.TAGS,
        generate_unique_id_function=openapi.operation_id,
        swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
    )
    app.state.clients = clients
    app.state.settings = settings
    app.include_router(health.router)
    for module in MODULES:
        if find_spec(f"edge.{module}") and find_spec(f"edge.{module}.routes"):
            routes = import_module(f"edge.{module}.routes")
            app.include_router(routes.router, responses=openapi.COMMON)
    problems.install(app)
    openapi.describe(app)
    app.add_middleware(
        BodyLimit,
        limit=settings.body_limit_bytes,
        limits=dict.fromkeys(UPLOADS, settings.upload_limit_bytes),
    )
    app.add_middleware(
        Entrance, request_timeout=settings.request_timeout, access_log=settings.access_log
    )
    return app
