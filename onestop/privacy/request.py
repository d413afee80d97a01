"""The request "xóa dữ liệu của tôi": the second factor where there is one, agreement, done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.settings import settings
from onestop import second_factor
from onestop.dossiers.lookup import Limits
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import EForm, Field
from onestop.privacy import erasing
from onestop.requests.kind import Context, Kind, RequestRefused
from onestop.requests.schemas import RequestDone

FACTOR = "factor"


class ErasureRequest(Kind):
    """Erase what the asker's conversation holds and the law does not keep."""

    name = "erasure"

    def form(self, context: Context, answers: Answers) -> EForm:
        """The factor is asked only if there is anything to compare it with."""
        if erasing.factors(context.session, context.asker):
            return self.base
        return self.base.model_copy(update={"fields": []})

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """Four digits."""
        factor = second_factor.find(text)
        if factor is None:
            raise Refusal("factor_unclear")
        return Value(value=factor, display=factor)

    def facts(self, context: Context, answers: Answers) -> dict[str, Any]:
        """What would go and what stays."""
        found = erasing.overview(context.session, context.asker)
        return {"erases": found.counts, "keeps": [*found.dossiers, *found.complaints]}

    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Erase.

        Raises:
            RequestRefused: wrong_factor, locked or held.
        """
        kept = self.facts(context, answers)["keeps"]
        if erasing.factors(context.session, context.asker):
            self._prove(context, answers)
        try:
            erasure = erasing.ask(context.session, context.asker, context.channel)
        except erasing.Held as error:
            raise RequestRefused("held") from error
        return RequestDone(code=str(erasure.id), facts={"erased": erasure.counts, "keeps": kept})

    def _prove(self, context: Context, answers: Answers) -> None:
        config = settings()
        limits = Limits(config.lookup_max_attempts, timedelta(minutes=config.lookup_lock_minutes))
        factor = str(answers[FACTOR].value)
        refused = erasing.prove(context.session, context.asker, factor, limits)
        if refused is None:
            return
        if refused.locked_until is not None:
            raise RequestRefused("locked", keep=True, locked_until=refused.locked_until.isoformat())
        raise RequestRefused("wrong_factor", FACTOR, keep=True, left=refused.attempts_left)
