"""advanced-alchemy's services, as its documentation has them for FastAPI."""

from typing import Annotated, Any
from uuid import UUID

from advanced_alchemy.base import UUIDAuditBase
from advanced_alchemy.extensions.fastapi import (
    AdvancedAlchemy,
    AsyncSessionConfig,
    EngineConfig,
    SQLAlchemyAsyncConfig,
)
from advanced_alchemy.filters import LimitOffset, OrderBy
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from advanced_alchemy.service import SQLAlchemyAsyncRepositoryService
from answers import IS_POOLED, URL, AuthorOut, NewAuthor
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Mapped

POOLED = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}


class Author(UUIDAuditBase):
    __tablename__ = "authors"

    name: Mapped[str]


class AuthorService(SQLAlchemyAsyncRepositoryService[Author]):
    class Repo(SQLAlchemyAsyncRepository[Author]):
        model_type = Author

    repository_type = Repo


app = FastAPI()
alchemy = AdvancedAlchemy(
    config=SQLAlchemyAsyncConfig(
        connection_string=URL.replace("postgresql", "postgresql+asyncpg"),
        session_config=AsyncSessionConfig(expire_on_commit=False),
        engine_config=EngineConfig(connect_args=POOLED) if IS_POOLED else EngineConfig(),
        commit_mode="autocommit",
    ),
    app=app,
)
ServiceDep = Annotated[AuthorService, Depends(alchemy.provide_service(AuthorService))]


@app.get("/authors/{key}", response_model=AuthorOut)
async def read(key: UUID, service: ServiceDep) -> Any:
    return service.to_schema(await service.get(key), schema_type=AuthorOut)


@app.get("/authors", response_model=list[AuthorOut])
async def read_many(service: ServiceDep) -> Any:
    authors = await service.list(LimitOffset(50, 0), OrderBy("id", "asc"))
    return service.to_schema(authors, schema_type=AuthorOut).items


@app.post("/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor, service: ServiceDep) -> Any:
    return service.to_schema(await service.create(new), schema_type=AuthorOut)
