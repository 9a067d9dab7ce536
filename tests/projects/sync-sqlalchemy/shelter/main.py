from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shelter.database import engine, get_db
from shelter.models import Adoption, Animal, Species


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield
    engine.dispose()


app = FastAPI(title="Animal shelter", lifespan=lifespan)
Db = Annotated[Session, Depends(get_db)]


class NewAnimal(BaseModel):
    name: str
    species: Species = Species.other


class AnimalOut(NewAnimal):
    model_config = ConfigDict(from_attributes=True)

    id: int


@app.get("/health")
def health(db: Db) -> dict[str, str]:
    db.execute(text("SELECT 1"))
    return {"status": "ok"}


@app.post("/animals", status_code=201)
def add_animal(new: NewAnimal, db: Db) -> AnimalOut:
    animal = Animal(**new.model_dump())
    db.add(animal)
    db.commit()
    return AnimalOut.model_validate(animal)


@app.get("/animals")
def list_animals(db: Db) -> list[AnimalOut]:
    animals = db.scalars(select(Animal).order_by(Animal.name))
    return [AnimalOut.model_validate(animal) for animal in animals]


@app.post("/animals/{animal_id}/adoptions", status_code=201)
def adopt(animal_id: int, household: str, db: Db) -> None:
    if db.get(Animal, animal_id) is None:
        raise HTTPException(404)
    db.add(Adoption(animal_id=animal_id, household=household))
    db.commit()
