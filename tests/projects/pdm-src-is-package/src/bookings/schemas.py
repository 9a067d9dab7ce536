import datetime as dt
from typing import Self

from pydantic import BaseModel, Field, model_validator


class NewBooking(BaseModel):
    day: dt.date
    from_hour: int = Field(ge=0, le=23)
    to_hour: int = Field(ge=1, le=24)
    people: int = Field(ge=1)
    purpose: str = Field(default='', max_length=200)

    @model_validator(mode='after')
    def _ends_after_start(self) -> Self:
        if self.to_hour <= self.from_hour:
            raise ValueError('a booking must end after it starts')
        return self


class Booking(NewBooking):
    number: int
    room_key: str
    starts_at: dt.datetime
