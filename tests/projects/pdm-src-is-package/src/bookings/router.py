import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, status

from src.bookings.schemas import Booking, NewBooking
from src.bookings.service import BookingRefused, BookingService
from src.config import config
from src.rooms.service import RequestedRoom

router = APIRouter(tags=['bookings'])
bookings = BookingService(config)


def get_bookings() -> BookingService:
    return bookings


Bookings = Annotated[BookingService, Depends(get_bookings)]


@router.post('/rooms/{room_key}/bookings', status_code=status.HTTP_201_CREATED)
async def book(
    room: RequestedRoom, wish: NewBooking, bookings: Bookings
) -> Booking:
    try:
        return bookings.book(room, wish)
    except BookingRefused as refusal:
        raise HTTPException(
            status.HTTP_409_CONFLICT, str(refusal)
        ) from refusal


@router.get('/rooms/{room_key}/bookings')
async def list_bookings(
    room: RequestedRoom, bookings: Bookings, day: dt.date | None = None
) -> list[Booking]:
    return bookings.of_room(room, day)


@router.delete('/bookings/{number}', status_code=status.HTTP_204_NO_CONTENT)
async def cancel(number: int, bookings: Bookings) -> None:
    if not bookings.cancel(number):
        raise HTTPException(status.HTTP_404_NOT_FOUND, 'No such booking')
