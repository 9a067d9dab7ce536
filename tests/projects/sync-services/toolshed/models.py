from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, func
from sqlalchemy.orm import relationship

from toolshed.database import Base


class Member(Base):
    __tablename__ = "members"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), nullable=False)
    token = Column(String(40), unique=True, nullable=False)
    is_active = Column(Boolean, default=True, nullable=False)

    loans = relationship("Loan", back_populates="member")


class Tool(Base):
    __tablename__ = "tools"

    id = Column(Integer, primary_key=True)
    name = Column(String(80), index=True, nullable=False)
    shelf = Column(Integer, nullable=False)
    added_on = Column(Date, server_default=func.current_date(), nullable=False)

    loans = relationship("Loan", back_populates="tool")


class Loan(Base):
    __tablename__ = "loans"

    id = Column(Integer, primary_key=True)
    tool_id = Column(ForeignKey("tools.id"), nullable=False)
    member_id = Column(ForeignKey("members.id"), nullable=False)
    returned = Column(Boolean, default=False, nullable=False)

    tool = relationship("Tool", back_populates="loans")
    member = relationship("Member", back_populates="loans")
