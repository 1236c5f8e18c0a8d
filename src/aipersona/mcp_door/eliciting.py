"""Asking the user through MCP: elicitation, as the client's version of the protocol has it.

Since 2026-07-28 a call is answered with the question, and comes again with the answer and a sealed state, which says
which question was asked: an answer to any other one is not taken. Before, the question is a request to the client
while the call waits.
"""

from __future__ import annotations

import asyncio
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolRequestParams, ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import is_version_at_least
from pydantic import ValidationError

from aipersona.mcp_door.asking import CannotAsk, Form

IN_ROUNDS = "2026-07-28"
"""Since this version of the protocol questions are asked in rounds."""

PATIENCE = 600.0
"""Seconds for which an answer is waited for."""

CONSENT = "consent"
ANSWER = "answer"


class Unanswered(Exception):
    """The call has to come again with the answer to a form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        super().__init__()

    @property
    def result(self) -> InputRequiredResult:
        """What tells the client to ask."""
        request = ElicitRequest(
            params=ElicitRequestFormParams(message=self.form.words, requested_schema=_schema(self.form))
        )
        return InputRequiredResult(input_requests={CONSENT: request}, request_state=self.form.digest)


class Eliciting:
    """Asks the user of the client that makes a call."""

    def __init__(self, ctx: ServerRequestContext[Any, Any], params: CallToolRequestParams) -> None:
        self._ctx, self._params = ctx, params

    async def __call__(self, form: Form) -> str | None:
        """The choice that the user made; None where they made none of those that there are.

        Raises: CannotAsk; Unanswered, which has to reach the client.
        """
        if not self._can_ask():
            raise CannotAsk
        if is_version_at_least(self._ctx.protocol_version, IN_ROUNDS):
            answer = (self._params.input_responses or {}).get(CONSENT)
            if not isinstance(answer, ElicitResult) or self._params.request_state != form.digest:
                raise Unanswered(form)
        else:
            answer = await self._request(form)
        choice = (answer.content or {}).get(ANSWER) if answer.action == "accept" else None
        return choice if isinstance(choice, str) and choice in form.choices else None

    async def _request(self, form: Form) -> ElicitResult:
        session, request_id = self._ctx.session, self._ctx.request_id
        try:
            async with asyncio.timeout(PATIENCE):
                return await session.elicit_form(form.words, _schema(form), request_id)
        except (MCPError, TimeoutError, ValidationError):
            raise CannotAsk from None

    def _can_ask(self) -> bool:
        capabilities = self._ctx.session.client_capabilities
        elicitation = capabilities.elicitation if capabilities is not None else None
        return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _schema(form: Form) -> dict[str, Any]:
    answer = {"type": "string", "title": "Your answer", "enum": list(form.choices)}
    return {"type": "object", "properties": {ANSWER: answer}, "required": [ANSWER]}
