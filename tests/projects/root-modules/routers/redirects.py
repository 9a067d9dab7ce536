from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from routers.links import get_or_404

router = APIRouter()


@router.get("/{code}", include_in_schema=False)
async def follow(code: str):
    link = get_or_404(code)
    link.visits += 1
    return RedirectResponse(link.target)
