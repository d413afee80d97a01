"""The request to the post: which service, who meets the postman, where and when."""

from __future__ import annotations

from typing import Any

from common.settings import settings
from onestop.dossiers import grants
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.choices import read_choice
from onestop.eforms.definition import Field
from onestop.eforms.values import parse
from onestop.post import rules, service
from onestop.requests.kind import Context, Kind, RequestRefused
from onestop.requests.schemas import RequestDone
from onestop.schemas import PostFee

SERVICE, ADDRESS = "service", "address"


def _fee(answers: Answers) -> PostFee:
    address = answers[ADDRESS].value
    return rules.fee(rules.zone_of(address["province_code"], address["division"]))


class PostKind(Kind):
    """Have papers fetched or a result delivered; the subject is a grant for the dossier."""

    name = "post"

    def _dossier(self, context: Context) -> str:
        code = grants.opened(settings().cipher(), context.asker, context.subject)
        if code is None:
            raise RequestRefused("not_granted")
        return code

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """A postman needs a house or a hamlet, not only a commune."""
        if field.id != ADDRESS:
            return None
        value = parse(field, text, answers, context.today)
        if not value.value["street"]:
            raise Refusal("address_street_missing")
        return value

    def opening(self, context: Context, text: str) -> dict[str, Value]:
        """ "giao kết quả tận nhà" tells the service."""
        try:
            return {SERVICE: read_choice(text, self.base.field(SERVICE).options)}
        except Refusal:
            return {}

    def facts(self, context: Context, answers: Answers) -> dict[str, Any]:
        """What it costs, before it is agreed to."""
        return {"fee": _fee(answers).model_dump()}

    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Ask the post.

        Raises:
            RequestRefused: not_granted, too_late or requested_before.
        """
        details = {
            name: answers[name].display for name in ("receiver", "phone", ADDRESS, "time_of_day")
        }
        try:
            request = service.ask(
                context.session,
                self._dossier(context),
                context.asker,
                answers[SERVICE].value,
                details,
                _fee(answers),
            )
        except service.CannotSend as error:
            raise RequestRefused(error.reason) from error
        return RequestDone(code=request.code, facts=service.view(request).model_dump(mode="json"))
