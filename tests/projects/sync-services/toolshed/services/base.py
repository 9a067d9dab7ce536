from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from toolshed.database import Base

ModelType = TypeVar("ModelType", bound=Base)


class Service(Generic[ModelType]):
    def __init__(self, model: type[ModelType]):
        self.model = model

    def get(self, db: Session, id: int) -> ModelType | None:
        return db.query(self.model).filter(self.model.id == id).first()

    def create(self, db: Session, **values: Any) -> ModelType:
        created = self.model(**values)
        db.add(created)
        db.commit()
        db.refresh(created)
        return created
