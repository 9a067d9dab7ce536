"""Endpoints that take readings and summarise them."""

from fastapi import APIRouter, status
from pydantic import AwareDatetime, BaseModel, Field

from stationlog.api.dependencies import StationLogDep, StationName
from stationlog.readings import Reading, Summary

router = APIRouter(prefix="/stations/{name}", tags=["readings"])


class ReadingBody(BaseModel):
    measured_at: AwareDatetime
    temperature_c: float = Field(ge=-90, le=60)
    humidity_pct: float = Field(ge=0, le=100)


@router.post("/readings", status_code=status.HTTP_202_ACCEPTED)
async def add_reading(name: StationName, body: ReadingBody, log: StationLogDep) -> None:
    log.add(name, Reading(**body.model_dump()))


@router.get("/summary")
async def read_summary(name: StationName, log: StationLogDep) -> Summary | None:
    return log.summary(name)
