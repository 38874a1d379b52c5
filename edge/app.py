"""Assembles the ASGI application: routers, middleware, error handlers and the OpenAPI schema."""

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from chassis.identity import TokenVerifier
from edge import openapi, problems
from edge.analytics.routes import router as analytics
from edge.auth.access_routes import router as access
from edge.auth.authentication import AuthenticationMiddleware
from edge.auth.oidc_routes import router as oidc
from edge.auth.routes import router as auth
from edge.browsers import SecurityHeadersMiddleware, cors_options
from edge.clients import Clients
from edge.habits.fast_path import CheckInFastPath
from edge.habits.routes import router as habits
from edge.health.routes import router as health
from edge.limits import PersonLimitMiddleware
from edge.middleware import BodyLimitMiddleware, RequestMiddleware
from edge.notifications.routes import router as notifications
from edge.settings import EdgeSettings

VERSION = "0.1.0"


def create_app(clients: Clients, settings: EdgeSettings) -> FastAPI:
    """Return the edge as an ASGI app. The caller closes the clients."""
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
    verifier = (
        TokenVerifier(settings.jwks_file, redis_url=settings.redis_url)
        if settings.jwks_file
        else None
    )
    app.state.verifier = verifier
    app.include_router(health)
    for router in (auth, access, oidc, habits, analytics, notifications):
        app.include_router(router, responses=openapi.COMMON_REFUSALS)
    problems.install(app)
    openapi.install_schema(app)
    app.add_middleware(
        BodyLimitMiddleware,
        limit=settings.body_limit_bytes,
        limits={
            "/v1/import": settings.upload_limit_bytes,
            "/v1/check-ins:batch": settings.batch_limit_bytes,
        },
    )
    if settings.check_in_fast_path:
        app.add_middleware(CheckInFastPath)
    app.add_middleware(
        PersonLimitMiddleware,
        writes_per_second=settings.writes_per_second,
        reads_per_second=settings.expensive_reads_per_second,
        reads_burst=settings.expensive_reads_burst,
    )
    app.add_middleware(AuthenticationMiddleware, clients=clients, verifier=verifier)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **cors_options(settings.cors_origins))
    app.add_middleware(
        RequestMiddleware, request_timeout=settings.request_timeout, access_log=settings.access_log
    )
    app.add_middleware(SecurityHeadersMiddleware)
    return app
