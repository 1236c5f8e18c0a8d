"""Whose persona a connection is about, and what it may do there."""

from __future__ import annotations

from dataclasses import dataclass

from aipersona.access.policy import POLICY
from aipersona.access.principals import Principal
from aipersona.engine import AIPersona
from aipersona.errors import NotAllowed, UnknownUser
from aipersona.persona.model import Persona
from aipersona.persona.view import Day, PersonaView, as_day


@dataclass(frozen=True, kw_only=True)
class Whose:
    """The engine of the tenant, the user that the credential is for, and who shows it."""

    ai: AIPersona
    user_id: str
    principal: Principal

    def may(self, name: str) -> bool:
        """Whether a tool, or a resource by its address, is for this principal."""
        rule = POLICY.get(("MCP", name))
        return rule is not None and rule.allows(self.principal, self.user_id)

    def require(self, name: str) -> None:
        """Raises: NotAllowed."""
        if not self.may(name):
            raise NotAllowed(f"this key does not allow {name}")

    async def view(self, *, as_of: Day | None = None, revision: int | None = None) -> PersonaView:
        """What is known of the user; nothing of one never seen.

        Raises: UnknownRevision; InvalidInput for a day that is none.
        """
        try:
            return await self.ai.persona(self.user_id, as_of=as_of, revision=revision)
        except UnknownUser:
            day = as_day(as_of, today=self.ai.now().date())
            return PersonaView(persona=Persona(user_id=self.user_id), as_of=day)
