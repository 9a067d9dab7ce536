from datetime import UTC, datetime
from itertools import count

from app.schemas import Parcel, ParcelIn, Scan, ScanIn, Status


class DepotFullError(Exception):
    """The depot takes no further parcel."""


class AlreadyDeliveredError(Exception):
    """A delivered parcel is not scanned again."""


class Depot:
    """The parcels under way, by tracking code."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._parcels: dict[str, Parcel] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._parcels)

    def register(self, parcel: ParcelIn) -> Parcel:
        if len(self) >= self._capacity:
            raise DepotFullError
        registered = Parcel(
            tracking_code=f"PT{next(self._numbers):09}", **parcel.model_dump()
        )
        self._parcels[registered.tracking_code] = registered
        return registered

    def find(self, tracking_code: str) -> Parcel | None:
        return self._parcels.get(tracking_code)

    def scan(self, parcel: Parcel, scan: ScanIn) -> Parcel:
        if parcel.status is Status.DELIVERED:
            raise AlreadyDeliveredError
        parcel.scans.append(Scan(place=scan.place, scanned_at=datetime.now(UTC)))
        parcel.status = Status.DELIVERED if scan.delivered else Status.IN_TRANSIT
        return parcel
