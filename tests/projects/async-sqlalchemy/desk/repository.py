from sqlalchemy import select

from .db import session as db
from .models import Agent


class AgentRepository:
    async def add(self, name: str, role: str = "agent") -> Agent:
        async with db.SessionFactory() as session:
            agent = Agent(name=name, role=role)
            session.add(agent)
            await session.commit()
            return agent

    async def names(self) -> list[str]:
        async with db.SessionFactory() as session:
            return list(await session.scalars(select(Agent.name).order_by(Agent.id)))
