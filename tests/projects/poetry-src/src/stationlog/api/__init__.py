"""The HTTP interface."""

from fastapi import APIRouter

from stationlog.api import readings, stations

router = APIRouter(prefix="/api")
router.include_router(stations.router)
router.include_router(readings.router)

__all__ = ["router"]
