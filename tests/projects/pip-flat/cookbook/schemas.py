from typing import Literal

from pydantic import BaseModel, Field

Unit = Literal['g', 'ml', 'piece']


class Ingredient(BaseModel):
    name: str = Field(min_length=2)
    amount: float = Field(gt=0)
    unit: Unit


class Recipe(BaseModel):
    slug: str = Field(pattern=r'^[a-z0-9]+(-[a-z0-9]+)*$')
    title: str
    servings: int = Field(ge=1, le=50)
    tags: list[str] = []
    ingredients: list[Ingredient] = Field(min_length=1)
    steps: list[str] = Field(min_length=1)


class RecipeSummary(BaseModel):
    slug: str
    title: str
    tags: list[str]
