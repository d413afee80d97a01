"""A value that is shipped as a file, and another that stands for it in this process while staff keep one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Asked for by calling it; `onestop.kept.live` puts there what staff keep.

    Args:
        shipped: gives the value as the project's file has it.
    """

    def __init__(self, shipped: Callable[[], T]) -> None:
        self._shipped = shipped
        self._kept: T | None = None

    def keep(self, value: T | None) -> None:
        """Let a value stand for the shipped one from now on; `None`: not any more."""
        self._kept = value

    def __call__(self) -> T:
        """The value as it is now; raises as `shipped` does."""
        return self._shipped() if self._kept is None else self._kept
