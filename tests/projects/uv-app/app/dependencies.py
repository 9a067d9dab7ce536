from typing import Annotated

from fastapi import Depends, HTTPException, Request, status

from app.depot import Depot
from app.schemas import Parcel, TrackingCode


def get_depot(request: Request) -> Depot:
    return request.app.state.depot


DepotDep = Annotated[Depot, Depends(get_depot)]


def get_parcel(tracking_code: TrackingCode, depot: DepotDep) -> Parcel:
    parcel = depot.find(tracking_code)
    if parcel is None:
        raise HTTPException(
            status.HTTP_404_NOT_FOUND, f"No parcel has the code {tracking_code}."
        )
    return parcel


ParcelDep = Annotated[Parcel, Depends(get_parcel)]
