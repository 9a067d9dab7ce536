from typing import Annotated

from fastapi import Depends, Header, HTTPException
from sqlalchemy.orm import Session

from toolshed.database import get_db
from toolshed.models import Member
from toolshed.services import member

SessionDep = Annotated[Session, Depends(get_db)]


def get_current_member(db: SessionDep, token: Annotated[str, Header()]) -> Member:
    current = member.get_by_token(db, token)
    if current is None:
        raise HTTPException(401)
    return current


CurrentMember = Annotated[Member, Depends(get_current_member)]
