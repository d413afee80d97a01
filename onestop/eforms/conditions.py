"""Conditions on answers: when a field of an e-form is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

import pydantic
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Scalar = str | int | bool


class Part(BaseModel):
    """Base of all parts of a form's definition: frozen, nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Condition(Part):
    """When a field is asked: one comparison, or `and`, `or`, `not` of others.

    A comparison looks at the value of another field; a field without an answer, or with the answer
    that there is none, equals nothing.
    """

    field: Identifier | None = None
    equals: Scalar | None = None
    in_: list[Scalar] | None = pydantic.Field(default=None, alias="in", min_length=1)
    exists: bool | None = None
    and_: list[Condition] | None = pydantic.Field(default=None, alias="and", min_length=1)
    or_: list[Condition] | None = pydantic.Field(default=None, alias="or", min_length=1)
    not_: Condition | None = pydantic.Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        tests = sum(test is not None for test in (self.equals, self.in_, self.exists))
        groups = sum(group is not None for group in (self.and_, self.or_, self.not_))
        if (self.field is None and (tests or groups != 1)) or (
            self.field is not None and (groups or tests != 1)
        ):
            raise ValueError("give a field with one of equals, in, exists; or one of and, or, not")
        return self

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the condition is true.

        Args:
            values: field id → value of the answers given so far.
        """
        if self.and_ is not None:
            return all(part.holds(values) for part in self.and_)
        if self.or_ is not None:
            return any(part.holds(values) for part in self.or_)
        if self.not_ is not None:
            return not self.not_.holds(values)
        present = values.get(self.field or "") is not None
        if self.exists is not None:
            return present == self.exists
        accepted = self.in_ if self.in_ is not None else [self.equals]
        # `True == 1` in Python; a yes is not a one.
        value = values.get(self.field or "")
        return present and any(type(value) is type(one) and value == one for one in accepted)

    def fields(self) -> Iterator[str]:
        """The ids of all fields that the condition looks at."""
        if self.field is not None:
            yield self.field
        for part in (*(self.and_ or ()), *(self.or_ or ())):
            yield from part.fields()
        if self.not_ is not None:
            yield from self.not_.fields()
