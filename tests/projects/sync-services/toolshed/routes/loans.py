from fastapi import APIRouter, Depends

from toolshed.dependencies import CurrentMember, SessionDep
from toolshed.models import Member
from toolshed.schemas import LoanOut
from toolshed.services import LoanService, member

router = APIRouter(prefix="/loans")


@router.post("/{tool_id}", response_model=LoanOut, status_code=201)
def lend_tool(tool_id: int, current: CurrentMember, loans: LoanService = Depends()):
    return loans.lend(tool_id, current)


@router.post("/{loan_id}/return", response_model=LoanOut)
def return_tool(loan_id: int, current: CurrentMember, loans: LoanService = Depends()):
    return loans.take_back(loan_id, current)


@router.get("", response_model=list[LoanOut])
def list_loans(current: CurrentMember, loans: LoanService = Depends()):
    return loans.of_member(current)


@router.put("/members/{name}", status_code=201)
def join(name: str, token: str, db: SessionDep) -> str:
    joined: Member = member.create(db, name=name, token=token)
    return joined.name
