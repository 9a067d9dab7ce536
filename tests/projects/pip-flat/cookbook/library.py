import json
from typing import Annotated

from fastapi import Depends

from cookbook.config import config
from cookbook.schemas import Recipe


class RecipeLibrary:
    def __init__(self, recipes=()):
        self._recipes = {recipe.slug: recipe for recipe in recipes}

    @classmethod
    def from_file(cls, path):
        entries = json.loads(path.read_text(encoding='utf-8'))
        return cls(Recipe(**entry) for entry in entries)

    def add(self, recipe):
        """Add a recipe and return True, or return False when its slug is taken."""
        if recipe.slug in self._recipes:
            return False
        self._recipes[recipe.slug] = recipe
        return True

    def get(self, slug):
        return self._recipes.get(slug)

    def search(self, ingredient=None, tag=None):
        return [
            recipe
            for recipe in self._recipes.values()
            if (tag is None or tag in recipe.tags)
            and (ingredient is None or ingredient in (i.name for i in recipe.ingredients))
        ]

    def tags(self):
        return sorted({tag for recipe in self._recipes.values() for tag in recipe.tags})


def scale(recipe, servings):
    """Return a copy of the recipe with its amounts for that many people."""
    factor = servings / recipe.servings
    ingredients = [
        ingredient.model_copy(update={'amount': round(ingredient.amount * factor, 2)})
        for ingredient in recipe.ingredients
    ]
    return recipe.model_copy(update={'servings': servings, 'ingredients': ingredients})


_library = RecipeLibrary.from_file(config.starter_recipes)


def get_library():
    return _library


Library = Annotated[RecipeLibrary, Depends(get_library)]
