"""The app: every module's router, behind one entrance, with one way to say no."""

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from edge import openapi, problems
from edge.analytics.routes import router as analytics
from edge.auth.routes import router as auth
from edge.clients import Clients
from edge.entrance import BodyLimit, Entrance
from edge.habits.express import Express
from edge.habits.routes import router as habits
from edge.health.routes import router as health
from edge.notifications.routes import router as notifications
from edge.settings import EdgeSettings

VERSION = "0.1.0"
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
    app.include_router(health)
    for router in (auth, habits, analytics, notifications):
        app.include_router(router, responses=openapi.COMMON)
    problems.install(app)
    openapi.describe(app)
    app.add_middleware(
        BodyLimit,
        limit=settings.body_limit_bytes,
        limits=dict.fromkeys(UPLOADS, settings.upload_limit_bytes),
    )
    if settings.express:
        app.add_middleware(Express)
    app.add_middleware(
        Entrance, request_timeout=settings.request_timeout, access_log=settings.access_log
    )
    return app
