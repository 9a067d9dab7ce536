from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI
from sqlmodel import Session, select

from allotments.database import create_tables, get_session
from allotments.models import Plot


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    create_tables()
    yield


app = FastAPI(title="Allotments", lifespan=lifespan)
Db = Annotated[Session, Depends(get_session)]


@app.post("/plots/{number}", status_code=201)
def add_plot(number: str, session: Db) -> Plot:
    plot = Plot(number=number)
    session.add(plot)
    session.commit()
    session.refresh(plot)
    return plot


@app.get("/plots")
def list_plots(session: Db) -> list[str]:
    return list(session.exec(select(Plot.number).order_by(Plot.number)))
