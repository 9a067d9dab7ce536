from fastapi import Depends, HTTPException
from sqlalchemy.orm import Session

from toolshed.database import get_db
from toolshed.models import Loan, Member
from toolshed.services import tools


class LoanService:
    def __init__(self, db: Session = Depends(get_db)):
        self.db = db

    def lend(self, tool_id: int, member: Member) -> Loan:
        if tools.get(self.db, tool_id) is None:
            raise HTTPException(404)
        if tools.is_lent(self.db, tool_id):
            raise HTTPException(409)
        loan = Loan(tool_id=tool_id, member_id=member.id)
        self.db.add(loan)
        self.db.commit()
        self.db.refresh(loan)
        return loan

    def take_back(self, loan_id: int, member: Member) -> Loan:
        loan = self._of_member(loan_id, member)
        loan.returned = True
        self.db.commit()
        return loan

    def of_member(self, member: Member) -> list[Loan]:
        return self.db.query(Loan).filter_by(member_id=member.id).order_by(Loan.id).all()

    def _of_member(self, loan_id: int, member: Member) -> Loan:
        loan = (
            self.db.query(Loan)
            .join(Member)
            .filter(Loan.id == loan_id, Member.id == member.id)
            .first()
        )
        if loan is None:
            raise HTTPException(404)
        return loan
