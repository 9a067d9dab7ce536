"""What the endpoints need from the application."""

from typing import Annotated

from fastapi import Depends, Path, Request

from stationlog.readings import StationLog


async def station_log(request: Request) -> StationLog:
    log = request.app.state.station_log
    assert isinstance(log, StationLog)
    return log


StationLogDep = Annotated[StationLog, Depends(station_log)]
StationName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,39}$", examples=["hill-top"])]
