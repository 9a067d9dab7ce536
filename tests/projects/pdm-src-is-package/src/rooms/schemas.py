from pydantic import BaseModel


class Room(BaseModel):
    key: str
    name: str
    seats: int
