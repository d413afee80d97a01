"""Which one-stop unit a citizen means: one question, answered by the name of a commune."""

from __future__ import annotations

from common.tenant import tenant
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import Field
from onestop.requests.kind import Context, Kind
from onestop.requests.schemas import RequestDone
from onestop.units.directory import MOST_CHOICES, Directory

COMMUNE = "commune"


def read_unit(text: str) -> Value:
    """The unit of the commune that was asked for.

    Raises:
        Refusal: commune_unknown, commune_several (with the choices) or commune_many.
    """
    directory = Directory(tenant())
    found = directory.find(text, asked=True)
    if not found:
        raise Refusal("commune_unknown", area=tenant().name)
    if len(found) > MOST_CHOICES:
        raise Refusal("commune_many")
    if len(found) > 1:
        raise Refusal("commune_several", options=[directory.label(one) for one in found])
    return Value(value=found[0], display=directory.place(found[0]).name)


class UnitRequest(Kind):
    """Ask for the commune and tell its unit."""

    name = "unit"
    confirm = False

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """The commune."""
        return read_unit(text)

    def opening(self, context: Context, text: str) -> dict[str, Value]:
        """A commune that was named with the question, or several to choose from."""
        try:
            return {COMMUNE: read_unit(text)}
        except Refusal as refusal:
            if refusal.code == "commune_unknown":
                return {}
            raise

    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Nothing is kept: the unit is told."""
        return RequestDone(code=str(answers[COMMUNE].value))
