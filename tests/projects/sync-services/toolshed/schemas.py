from datetime import date

from pydantic import BaseModel, ConfigDict


class NewTool(BaseModel):
    name: str
    shelf: int


class ChangedTool(BaseModel):
    name: str | None = None
    shelf: int | None = None


class ToolOut(NewTool):
    model_config = ConfigDict(from_attributes=True)

    id: int
    added_on: date


class LoanOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    tool_id: int
    member_id: int
    returned: bool


class Shelf(BaseModel):
    shelf: int
    tools: int
