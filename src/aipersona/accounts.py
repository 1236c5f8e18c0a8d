"""Accounts: what was asked of models to learn from the users of a tenant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aipersona.tenant import Tenant

if TYPE_CHECKING:
    from aipersona.usage import TenantUsage, Usage


class Accounts(Tenant):
    """Calls of models, their tokens and costs, by user and by tenant."""

    async def usage(self, user_id: str) -> Usage:
        """What learning from a user took, by model and by revision; costs in US dollars, where prices are known.

        Raises: UnknownUser.
        """
        from aipersona.usage import usage_of

        return usage_of(user_id, await (await self.store()).revisions(await self._known(user_id)))

    async def tenant_usage(self, *, since: date | None = None, until: date | None = None) -> TenantUsage:
        """What learning from all users of the tenant took, by model and by day, from `since` up to and with `until`.

        Added up in the database; what was erased is not in it.
        """
        from aipersona.usage import usage_of_tenant

        return usage_of_tenant(self.tenant, await (await self.store()).calls(self.tenant, since=since, until=until))
