"""`/v1/export` and `/v1/import`: everything of a person as a file, and back."""

from edge.bearer import require_access_token
from edge.data import export_routes, import_routes
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED

router = Router(prefix="/v1", dependencies=[require_access_token], responses=UNAUTHENTICATED)
for module in (export_routes, import_routes):
    router.include_router(module.router)
