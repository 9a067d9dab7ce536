from typing import Annotated

from fastapi import Depends, HTTPException, status

from src.rooms.schemas import Room

ROOMS = {
    room.key: room
    for room in (
        Room(key='attic', name='Attic', seats=4),
        Room(key='hall', name='Hall', seats=60),
        Room(key='workshop', name='Workshop', seats=12),
    )
}


def get_room(room_key: str) -> Room:
    try:
        return ROOMS[room_key]
    except KeyError:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, f'There is no room {room_key!r}'
        ) from None


RequestedRoom = Annotated[Room, Depends(get_room)]
