"""Every path of habits, one file per noun."""

from fastapi import APIRouter

from edge.bearer import signed_in
from edge.habits.routes import check_ins, habits, pauses, progress
from edge.openapi import SIGNED_IN

router = APIRouter(prefix="/v1", dependencies=[signed_in], responses=SIGNED_IN)
for noun in (habits, pauses, check_ins, progress):
    router.include_router(noun.router)

__all__ = ["router"]
