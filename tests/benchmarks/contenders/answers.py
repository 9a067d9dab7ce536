"""What all contenders answer with, and where their database is."""

import os
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

URL = os.environ["DATABASE_URL"]
IS_POOLED = os.environ.get("DATABASE_POOLER") == "transaction"


class NewAuthor(BaseModel):
    name: str


class AuthorOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    created_at: datetime
    updated_at: datetime
