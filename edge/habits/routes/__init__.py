"""REST routes of habits, one file per resource."""

from edge.bearer import require_access_token
from edge.habits.routes import check_ins, habits, pauses, progress
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED

router = Router(prefix="/v1", dependencies=[require_access_token], responses=UNAUTHENTICATED)
for module in (habits, pauses, check_ins, progress):
    router.include_router(module.router)

__all__ = ["router"]
