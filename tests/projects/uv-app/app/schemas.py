from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

TrackingCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\d{9}$")]


class Status(StrEnum):
    REGISTERED = "registered"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"


class ParcelIn(BaseModel):
    destination: Annotated[str, Field(min_length=2, max_length=80)]
    weight_grams: Annotated[int, Field(gt=0, le=31_500)]


class ScanIn(BaseModel):
    place: Annotated[str, Field(min_length=2, max_length=80)]
    delivered: bool = False


class Scan(BaseModel):
    place: str
    scanned_at: datetime


class Parcel(BaseModel):
    tracking_code: TrackingCode
    destination: str
    weight_grams: int
    status: Status = Status.REGISTERED
    scans: list[Scan] = []
