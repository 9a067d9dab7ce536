from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

from src.bookings.router import router as bookings_router
from src.config import config
from src.internal.app import internal_app
from src.middlewares.timing import ServerTimingMiddleware
from src.rooms.router import router as rooms_router

app: FastAPI = FastAPI(
    title='Room bookings',
    version='2026.3',
    summary='Rooms that can be booked by the hour',
)

app.add_middleware(GZipMiddleware, minimum_size=1_000)
app.add_middleware(
    CORSMiddleware,
    allow_origins=config.allowed_origins,
    allow_methods=['GET', 'POST', 'DELETE'],
    allow_headers=['content-type'],
)
app.add_middleware(ServerTimingMiddleware)

app.include_router(rooms_router)
app.include_router(bookings_router)
app.mount('/internal', internal_app)
