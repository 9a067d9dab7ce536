from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from ..settings import get_settings


def make_engine(url: str) -> AsyncEngine:
    return create_async_engine(url, echo=get_settings().echo_sql, pool_size=5)


engine = make_engine(str(get_settings().postgres_dsn))
SessionFactory = async_sessionmaker(engine, expire_on_commit=False)


async def get_db() -> AsyncIterator[AsyncSession]:
    async with SessionFactory() as session:
        yield session
        await session.commit()


Db = Annotated[AsyncSession, Depends(get_db)]
