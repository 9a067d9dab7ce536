import datetime as dt
from itertools import count

from src.bookings.schemas import Booking, NewBooking
from src.config import Config
from src.rooms.schemas import Room


class BookingRefused(Exception):
    """A rule of the house forbids the booking; the message says which."""


class BookingService:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._bookings: dict[int, Booking] = {}
        self._numbers = count(1)

    def book(self, room: Room, wish: NewBooking) -> Booking:
        self._check(room, wish)
        booking = Booking(
            number=next(self._numbers),
            room_key=room.key,
            starts_at=dt.datetime.combine(
                wish.day,
                dt.time(wish.from_hour),
                self._config.time_zone,
            ),
            **wish.model_dump(),
        )
        self._bookings[booking.number] = booking
        return booking

    def cancel(self, number: int) -> bool:
        return self._bookings.pop(number, None) is not None

    def of_room(self, room: Room, day: dt.date | None = None) -> list[Booking]:
        found = (
            booking
            for booking in self._bookings.values()
            if booking.room_key == room.key and day in (None, booking.day)
        )
        return sorted(found, key=lambda booking: booking.starts_at)

    def count(self) -> int:
        return len(self._bookings)

    def _check(self, room: Room, wish: NewBooking) -> None:
        opens, closes = self._config.opens_at, self._config.closes_at
        if wish.from_hour < opens or wish.to_hour > closes:
            raise BookingRefused(f'Rooms are open from {opens} to {closes}')
        if wish.people > room.seats:
            raise BookingRefused(f'{room.name} has {room.seats} seats')
        for other in self.of_room(room, wish.day):
            if (
                wish.from_hour < other.to_hour
                and other.from_hour < wish.to_hour
            ):
                raise BookingRefused(
                    f'{room.name} is taken'
                    f' from {other.from_hour} to {other.to_hour}'
                )
