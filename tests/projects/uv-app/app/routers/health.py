from datetime import UTC, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.dependencies import DepotDep

router = APIRouter(tags=["health"])


class Health(BaseModel):
    environment: str
    uptime_seconds: float
    parcels: int


@router.get("/health")
async def health(request: Request, depot: DepotDep) -> Health:
    uptime = datetime.now(UTC) - request.app.state.started_at
    return Health(
        environment=request.app.state.settings.environment,
        uptime_seconds=uptime.total_seconds(),
        parcels=len(depot),
    )
