from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Response

from cookbook.library import Library, scale
from cookbook.schemas import Recipe, RecipeSummary
from cookbook.security import require_editor

router = APIRouter()


@router.get('/', response_model=list[RecipeSummary])
def search_recipes(library: Library, ingredient: str | None = None, tag: str | None = None):
    return library.search(ingredient=ingredient, tag=tag)


@router.get('/{slug}', response_model=Recipe)
def read_recipe(
    slug: str,
    library: Library,
    servings: Annotated[int | None, Query(ge=1, le=50)] = None,
):
    recipe = library.get(slug)
    if recipe is None:
        raise HTTPException(status_code=404, detail='No such recipe')
    return scale(recipe, servings) if servings else recipe


@router.post('/', status_code=201, response_model=Recipe, dependencies=[Depends(require_editor)])
def add_recipe(recipe: Recipe, response: Response, library: Library):
    if not library.add(recipe):
        raise HTTPException(status_code=409, detail='There is a recipe of that name')
    response.headers['Location'] = f'/recipes/{recipe.slug}'
    return recipe
