from fastapi import APIRouter

from cookbook.library import Library

router = APIRouter()


@router.get('/')
def list_tags(library: Library) -> list[str]:
    return library.tags()
