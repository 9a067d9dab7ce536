import io

import segno
from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, HttpUrl

import links

router = APIRouter(prefix="/links", tags=["links"])


class LinkIn(BaseModel):
    target: HttpUrl


class LinkOut(BaseModel):
    code: str
    short_url: str
    target: str
    visits: int


def get_or_404(code):
    link = links.find(code)
    if link is None:
        raise HTTPException(404, "This link does not exist or has expired")
    return link


@router.post("", status_code=201, response_model=LinkOut)
async def create_link(body: LinkIn):
    return links.create(str(body.target))


@router.get("/{code}", response_model=LinkOut)
async def show_link(code: str):
    return get_or_404(code)


@router.get("/{code}/qr")
async def show_qr_code(code: str):
    svg = io.BytesIO()
    segno.make(get_or_404(code).short_url).save(svg, kind="svg", scale=4)
    return Response(svg.getvalue(), media_type="image/svg+xml")


@router.delete("/{code}", status_code=204)
async def delete_link(code: str):
    if not links.delete(code):
        raise HTTPException(404, "This link does not exist or has expired")
