from datetime import date
from enum import Enum

from sqlalchemy import ForeignKey, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Species(Enum):
    cat = "cat"
    dog = "dog"
    other = "other"


class Animal(Base):
    __tablename__ = "animals"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    species: Mapped[Species]
    arrived_on: Mapped[date] = mapped_column(server_default=func.current_date())

    adoptions: Mapped[list["Adoption"]] = relationship(back_populates="animal")


class Adoption(Base):
    __tablename__ = "adoptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    animal_id: Mapped[int] = mapped_column(ForeignKey("animals.id"))
    household: Mapped[str] = mapped_column(String(120))

    animal: Mapped[Animal] = relationship(back_populates="adoptions")
