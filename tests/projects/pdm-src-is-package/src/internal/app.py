"""What operators need; mounted under /internal and closed off by the proxy."""

from fastapi import FastAPI

from src.bookings.router import Bookings
from src.config import config
from src.rooms.service import ROOMS

internal_app = FastAPI(title='Room bookings, internal')


@internal_app.get('/status')
async def get_status(bookings: Bookings) -> dict[str, int | str]:
    return {
        'rooms': len(ROOMS),
        'bookings': bookings.count(),
        'time_zone': str(config.time_zone),
    }
