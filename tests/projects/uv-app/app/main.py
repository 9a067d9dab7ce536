import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from app.core.config import get_settings
from app.depot import Depot
from app.routers import health, parcels

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    logging.basicConfig(level=settings.log_level.upper())
    app.state.settings = settings
    app.state.depot = Depot(capacity=settings.capacity)
    app.state.started_at = datetime.now(UTC)
    yield
    logger.info("Closing with %d parcels in the depot", len(app.state.depot))


app = FastAPI(title="Parcel tracking", version="0.4.0", lifespan=lifespan)
app.include_router(parcels.router)
app.include_router(health.router)
