from fastapi import APIRouter

from src.rooms.schemas import Room
from src.rooms.service import ROOMS, RequestedRoom

router = APIRouter(prefix='/rooms', tags=['rooms'])


@router.get('')
async def list_rooms(seats: int = 1) -> list[Room]:
    """List the rooms with at least so many seats, smallest first."""
    fitting = (room for room in ROOMS.values() if room.seats >= seats)
    return sorted(fitting, key=lambda room: room.seats)


@router.get('/{room_key}')
async def get_room(room: RequestedRoom) -> Room:
    return room
