from datetime import date

from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import JSON, Field, SQLModel


class Gardener(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=80)
    # The one that a gardener answers for.
    plot_id: int | None = Field(default=None, foreign_key="plot.id")


class Plot(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    let_on: date | None = None
    gardener_id: int | None = Field(default=None, foreign_key="gardener.id")
    crops: dict[str, int] = Field(
        default_factory=dict, sa_column=Column(JSON().with_variant(JSONB(), "postgresql"))
    )
