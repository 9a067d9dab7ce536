"""The models that an answer asks for, worked out once for all files that speak of them."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from .files import ModelFile, OtherSides, model_files, other_sides
from .grammar import parse
from .model_tests import ModelTests, model_tests
from .reserved import PARTS
from .schema import Schema, resolve
from .seeds import ModelSeeds, model_seeds
from .syntax import ModelsError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ModelsError", "RequestedModels", "requested"]


class RequestedModels:
    """What the files of the layer say of the models; nothing where the text is blank."""

    def __init__(
        self,
        text: str,
        beside: Iterable[str] = (),
        python: tuple[int, ...] = (3, 11),
        database_schema: str = "",
    ) -> None:
        """Work out what the models mean together.

        Args:
            text: the answer to `db_models`.
            beside: the `PARTS` that there are as well.
            python: the oldest version of Python that has to read the files.
            database_schema: PostgreSQL's schema of the tables; empty for the default one.

        Raises:
            ModelsError: they cannot be made.
        """
        models = parse(text)
        self.schema = resolve(models, [PARTS[name] for name in beside]) if models else Schema()
        self._python, self._database_schema = python, database_schema

    @cached_property
    def files(self) -> tuple[ModelFile, ...]:
        """The file of each model."""
        made = model_files(self.schema, python=self._python, database_schema=self._database_schema)
        return tuple(made)

    @property
    def tests(self) -> ModelTests:
        """The file that tests them."""
        return model_tests(self.schema, self.files, self._python)

    @property
    def seeds(self) -> ModelSeeds:
        """What the seeds say of them."""
        return model_seeds(self.schema, self.files, self._python)

    def relations_of(self, name: str) -> OtherSides:
        """What they add to a model that another part of the layer has."""
        return other_sides(name, self.schema, database_schema=self._database_schema)


requested = lru_cache(maxsize=8)(RequestedModels)
