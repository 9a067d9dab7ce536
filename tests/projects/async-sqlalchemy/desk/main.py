from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from .db.session import Db
from .models import Agent, Ticket
from .repository import AgentRepository

app = FastAPI(title="Support desk")


class NewTicket(BaseModel):
    title: str
    agent_id: int | None = None


@app.post("/tickets", status_code=201)
async def open_ticket(new: NewTicket, db: Db) -> dict[str, int]:
    if new.agent_id is not None and await db.get(Agent, new.agent_id) is None:
        raise HTTPException(404, "no such agent")
    ticket = Ticket(title=new.title, agent_id=new.agent_id)
    db.add(ticket)
    await db.flush()
    return {"id": ticket.id}


@app.get("/tickets/{ticket_id}")
async def show_ticket(ticket_id: int, db: Db) -> dict[str, str | None]:
    ticket = await db.get(Ticket, ticket_id)
    if ticket is None:
        raise HTTPException(404)
    return {"title": ticket.title, "agent": ticket.agent.name if ticket.agent else None}


@app.post("/agents/{name}", status_code=201)
async def add_agent(name: str) -> dict[str, int]:
    agent = await AgentRepository().add(name)
    return {"id": agent.id}


@app.get("/agents")
async def list_agents() -> list[str]:
    return await AgentRepository().names()
