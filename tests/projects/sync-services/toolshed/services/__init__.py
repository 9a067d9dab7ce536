from toolshed.services import tools
from toolshed.services.loans import LoanService
from toolshed.services.members import member

__all__ = ["LoanService", "member", "tools"]
