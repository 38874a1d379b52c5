"""Assembles the edge: routers, error handlers, the OpenAPI schema, and the pipeline around them."""

import asyncio

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from chassis.identity import TokenVerifier
from edge import openapi, problems
from edge.analytics.routes import router as analytics
from edge.auth.access_routes import router as access
from edge.auth.oidc_routes import router as oidc
from edge.auth.proxy_routes import router as proxy
from edge.auth.routes import router as auth
from edge.body_limits import BodyLimit, BodyLimitMiddleware
from edge.calendar.routes import router as calendar
from edge.changes.live import LiveStreams
from edge.changes.routes import router as changes
from edge.clients import Clients
from edge.data.import_routes import LARGER_FILE
from edge.data.routes import router as data
from edge.habits.routes import router as habits
from edge.health.routes import metrics_router
from edge.health.routes import router as health
from edge.mcp.endpoint import mcp_route
from edge.notifications.push_routes import router as push
from edge.notifications.routes import router as notifications
from edge.pipeline import Pipeline
from edge.query import require_known_query
from edge.quick.routes import router as quick_links
from edge.settings import EdgeSettings
from edge.sign_ins import SignInLimitMiddleware
from edge.web.files import WebFiles
from edge.web.session_routes import router as web_sessions
from edge.webhooks.routes import router as webhooks

VERSION = "0.1.0"


ROUTERS = (
    auth,
    access,
    oidc,
    proxy,
    web_sessions,
    habits,
    analytics,
    notifications,
    push,
    data,
    changes,
    calendar,
    quick_links,
    webhooks,
)
"""The routes of the public API, in the order of its documentation."""


def create_app(clients: Clients, settings: EdgeSettings) -> Pipeline:
    """Return the edge as an ASGI app. The caller closes the clients."""
    app = FastAPIOffline(
        static_url="/docs/assets",
        title=openapi.TITLE,
        description=openapi.DESCRIPTION,
        version=VERSION,
        redirect_slashes=False,  # a redirect would name the scheme and host that a client made up
        openapi_tags=openapi.TAGS,
        generate_unique_id_function=openapi.operation_id,
        swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
    )
    app.state.clients = clients
    app.state.settings = settings
    verifier = (
        TokenVerifier(settings.jwks_file, redis_url=settings.redis_url)
        if settings.jwks_file
        else None
    )
    app.state.verifier = verifier
    app.state.live_streams = LiveStreams()
    app.state.stop = asyncio.Event()  # set when the process ends: no request waits any longer
    app.state.trusted_proxies = settings.trusted_proxies()
    app.include_router(health)
    if not settings.production:
        app.include_router(metrics_router)
    for router in ROUTERS:
        # Apps put parameters of their own behind the address of a calendar or a tag.
        strict = [] if router in (calendar, quick_links) else [require_known_query]
        app.include_router(router, responses=openapi.COMMON_REFUSALS, dependencies=strict)
    app.router.routes.extend(WebFiles().routes())
    problems.install(app)
    openapi.install_schema(app)
    _limit_bodies(app, settings)
    pipeline = Pipeline(app, clients, settings, verifier)
    if settings.mcp_endpoint:
        app.router.routes.append(mcp_route(pipeline, verifier=verifier))
    return pipeline


def _limit_bodies(app: FastAPI, settings: EdgeSettings) -> None:
    """Limit how large bodies are, and how many with a password; the innermost is added first."""
    app.add_middleware(SignInLimitMiddleware, limit=settings.sign_ins_at_once)
    app.add_middleware(
        BodyLimitMiddleware,
        limit=BodyLimit(settings.body_limit_bytes),
        limits={
            "/v1/import": BodyLimit(settings.upload_limit_bytes, LARGER_FILE),
            "/v1/check-ins:batch": BodyLimit(settings.batch_limit_bytes),
        },
    )
