from collections.abc import Iterator

from sqlmodel import Session, SQLModel, create_engine

from allotments.settings import settings

engine = create_engine(
    f"postgresql+psycopg2://{settings.postgres_user}:{settings.postgres_password}"
    f"@{settings.postgres_host}:{settings.postgres_port}/{settings.postgres_db}",
    pool_size=2,
)


def create_tables() -> None:
    SQLModel.metadata.create_all(engine)


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session
