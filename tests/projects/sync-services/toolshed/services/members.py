from sqlalchemy.orm import Session

from toolshed.models import Member
from toolshed.services.base import Service


class MemberService(Service[Member]):
    def get_by_token(self, db: Session, token: str) -> Member | None:
        return db.query(Member).filter(Member.token == token, Member.is_active).one_or_none()


member = MemberService(Member)
