from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from toolshed.database import get_db
from toolshed.dependencies import CurrentMember, SessionDep
from toolshed.models import Tool
from toolshed.schemas import ChangedTool, NewTool, Shelf, ToolOut
from toolshed.services import tools

router = APIRouter(prefix="/tools")


def get_tool(tool_id: int, db: Session = Depends(get_db)) -> Tool:
    tool = tools.get(db, tool_id)
    if tool is None:
        raise HTTPException(404)
    return tool


@router.get("", response_model=list[ToolOut])
def search_tools(db: SessionDep, name: str | None = None, skip: int = 0, limit: int = 100):
    return tools.search(db, name, skip, limit)


@router.post("", response_model=ToolOut, status_code=201)
def add_tool(new: NewTool, db: SessionDep, _: CurrentMember):
    return tools.add(db, new)


@router.get("/count")
def count_tools(db: SessionDep) -> int:
    return tools.count(db)


@router.get("/shelves", response_model=list[Shelf])
def list_shelves(db: SessionDep):
    return tools.shelves(db)


@router.patch("/{tool_id}", response_model=ToolOut)
def change_tool(
    changed: ChangedTool, db: SessionDep, _: CurrentMember, tool: Tool = Depends(get_tool)
):
    return tools.change(db, tool, changed)


@router.delete("/{tool_id}", status_code=204)
def remove_tool(tool_id: int, db: SessionDep, _: CurrentMember):
    if not tools.remove(db, tool_id):
        raise HTTPException(404)
