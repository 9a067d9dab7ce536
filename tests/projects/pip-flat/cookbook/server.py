from fastapi import FastAPI

from cookbook.routers import recipes, tags

api = FastAPI(
    title='Cookbook',
    description='A library of recipes',
    version='0.9.2',
    openapi_tags=[
        {'name': 'recipes', 'description': 'Search, read and add recipes'},
        {'name': 'tags', 'description': 'What recipes are filed under'},
    ],
)

api.include_router(recipes.router, prefix='/recipes', tags=['recipes'])
api.include_router(tags.router, prefix='/tags', tags=['tags'])


@api.get('/', include_in_schema=False)
def index():
    return {'name': 'Cookbook', 'docs': '/docs'}
