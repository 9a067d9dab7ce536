from fastapi import APIRouter, HTTPException, status

from app.dependencies import DepotDep, ParcelDep
from app.depot import AlreadyDeliveredError, DepotFullError
from app.schemas import Parcel, ParcelIn, ScanIn

router = APIRouter(prefix="/parcels", tags=["parcels"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def register_parcel(parcel: ParcelIn, depot: DepotDep) -> Parcel:
    try:
        return depot.register(parcel)
    except DepotFullError:
        raise HTTPException(
            status.HTTP_507_INSUFFICIENT_STORAGE, "The depot is full."
        ) from None


@router.get("/{tracking_code}")
async def read_parcel(parcel: ParcelDep) -> Parcel:
    return parcel


@router.post("/{tracking_code}/scans", status_code=status.HTTP_201_CREATED)
async def record_scan(parcel: ParcelDep, scan: ScanIn, depot: DepotDep) -> Parcel:
    try:
        return depot.scan(parcel, scan)
    except AlreadyDeliveredError:
        raise HTTPException(
            status.HTTP_409_CONFLICT, "The parcel was delivered already."
        ) from None
