"""Puts the application together."""

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse

from stationlog import __version__, api
from stationlog.readings import StationLog, UnknownStationError
from stationlog.settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    application = FastAPI(title="stationlog", version=__version__)
    application.state.station_log = StationLog(settings.readings_per_station)
    application.include_router(api.router)
    application.add_exception_handler(UnknownStationError, _unknown_station)
    return application


async def _unknown_station(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(
        {"detail": f"No station is called {error}."}, status_code=status.HTTP_404_NOT_FOUND
    )
