from sqlalchemy import func
from sqlalchemy.orm import Session

from toolshed.models import Loan, Tool
from toolshed.schemas import ChangedTool, NewTool


def search(db: Session, name: str | None = None, skip: int = 0, limit: int = 100) -> list[Tool]:
    query = db.query(Tool)
    if name:
        query = query.filter(Tool.name.ilike(f"%{name}%"))
    return query.order_by(Tool.name).offset(skip).limit(limit).all()


def get(db: Session, tool_id: int) -> Tool | None:
    return db.query(Tool).get(tool_id)


def add(db: Session, new: NewTool) -> Tool:
    tool = Tool(**new.model_dump())
    db.add(tool)
    db.commit()
    return tool


def change(db: Session, tool: Tool, changed: ChangedTool) -> Tool:
    for name, value in changed.model_dump(exclude_unset=True).items():
        setattr(tool, name, value)
    db.commit()
    db.refresh(tool)
    return tool


def remove(db: Session, tool_id: int) -> bool:
    deleted = db.query(Tool).filter(Tool.id == tool_id).delete(synchronize_session=False)
    db.commit()
    return deleted > 0


def is_lent(db: Session, tool_id: int) -> bool:
    # Nobody takes what is not there.
    lent = db.query(Loan).filter(Loan.tool_id == tool_id, Loan.returned.is_(False))
    return db.query(lent.exists()).scalar()


def count(db: Session) -> int:
    return db.query(Tool).count()


def shelves(db: Session) -> list[dict[str, int]]:
    rows = db.query(Tool.shelf, func.count(Tool.id)).group_by(Tool.shelf).order_by(Tool.shelf).all()
    return [{"shelf": shelf, "tools": tools} for shelf, tools in rows]
