"""Endpoints that announce and list stations."""

from fastapi import APIRouter, Response, status
from pydantic import BaseModel, Field

from stationlog.api.dependencies import StationLogDep, StationName
from stationlog.readings import Position

router = APIRouter(prefix="/stations", tags=["stations"])


class PositionBody(BaseModel):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    altitude_m: float = Field(default=0, ge=-430, le=8850)


@router.get("")
async def list_stations(log: StationLogDep) -> dict[str, Position]:
    return log.stations()


@router.put("/{name}", status_code=status.HTTP_204_NO_CONTENT)
async def announce_station(
    name: StationName, body: PositionBody, log: StationLogDep, response: Response
) -> None:
    if log.announce(name, Position(**body.model_dump())):
        response.status_code = status.HTTP_201_CREATED
