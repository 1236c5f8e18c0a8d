"""What an engine opens on first use and closes at the end: the store, what is kept of its users, the models."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aipersona.optimizer.draft import Drafter, ScriptedDrafter, ScriptedFunction
from aipersona.recalling import Recalling
from aipersona.resident import Residents
from aipersona.settings import Settings
from aipersona.store.protocol import Store

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from aipersona.embedding import Embedder
    from aipersona.tools.servers import Servers


@runtime_checkable
class Closable(Protocol):
    """An embedder that holds connections."""

    def close(self) -> None: ...


class Opened:
    """The store and the models that were given, or that the settings name; closed, they open again when asked for."""

    def __init__(
        self,
        settings: Settings,
        *,
        database: str | os.PathLike[str] | None,
        store: Store | None,
        model: str | Model | None,
        drafter: Drafter | ScriptedFunction | None,
        embedder: str | Embedder | None,
    ) -> None:
        self._settings = settings
        self.database = database if database is not None else settings.database
        self.given, self._store = store, store
        self._opening = asyncio.Lock()
        self._residents: Residents | None = None
        self._recalling: Recalling | None = None
        self._embedder = embedder if embedder is not None else settings.embedder
        self._made: Embedder | None = None
        self._model = model if model is not None else settings.model
        self._given_drafter = drafter is not None
        self._drafter: Drafter | None = ScriptedDrafter(drafter) if callable(drafter) else drafter
        self._asked: Model | None = None
        self._servers: Servers | None = None

    async def store(self) -> Store:
        """The open store.

        Raises: StoreUnavailable, StoreTooNew.
        """
        if self._store is None:
            async with self._opening:
                if self._store is None:
                    from aipersona.store.opening import open_store

                    self._store = self.given or await open_store(self.database)
        return self._store

    async def residents(self) -> Residents:
        """The users of the open store that were read lately."""
        store = await self.store()
        if self._residents is None:
            self._residents = Residents(store)
        return self._residents

    async def recalling(self) -> Recalling:
        """What recalls the past of the users of the open store.

        Raises: ModelUnavailable where the embedder that is named is not there.
        """
        residents = await self.residents()
        if self._recalling is None:
            self._recalling = Recalling(await self.store(), residents, self.embedder())
        return self._recalling

    def embedder(self) -> Embedder | None:
        """What turns texts into vectors, if anything does; one that is named is made once.

        Raises: ModelUnavailable, InvalidInput.
        """
        if not isinstance(self._embedder, str):
            return self._embedder
        if self._made is None:
            from aipersona.embedding import embedder_for

            key = self._settings.embedder_api_key
            self._made = embedder_for(
                self._embedder,
                base_url=self._settings.embedder_base_url,
                api_key=key.get_secret_value() if key is not None else None,
                dimensions=self._settings.embedder_dimensions,
                threads=self._settings.embedder_threads,
            )
        return self._made

    def drafter(self) -> Drafter:
        """Who drafts edits: given, or the model under the strategy of the settings.

        Raises: ModelUnavailable.
        """
        if self._drafter is None:
            from aipersona.optimizer.strategies import drafter_for

            self._drafter = drafter_for(self._model, self._settings, resolve=self.model)
        return self._drafter

    @property
    def model_name(self) -> str:
        """The name of the model that learning asks, or `drafter` where something else was given for it."""
        if self._given_drafter:
            return "drafter"
        if self._model is None or isinstance(self._model, str):
            return self._model or "none"
        return f"{self._model.system}:{self._model.model_name}"

    def model(self) -> Model:
        """The model that is asked.

        Raises: ModelUnavailable.
        """
        if self._asked is None:
            from aipersona.llm.models import chat_model

            self._asked = chat_model(self._model, self._settings)
        return self._asked

    def servers(self) -> Servers | None:
        """The MCP servers of the settings' tools file; none of them is started before its tools are asked for.

        Raises: InvalidToolsFile; ToolsUnavailable.
        """
        if self._servers is None and self._settings.tools_file is not None:
            from aipersona.tools.servers import Servers, read_tools_file

            self._servers = Servers(read_tools_file(self._settings.tools_file, os.environ))
        return self._servers

    async def aclose(self) -> None:
        """Close the database, the connections to the model and to servers, and end the servers that were started."""
        try:
            if self._servers is not None:
                await self._servers.aclose()
                self._servers = None
        finally:
            await self._close_own()

    async def _close_own(self) -> None:
        if self._asked is not None and self._asked is not self._model:
            async with self._asked:
                pass  # leaving a model closes its connections
        if isinstance(self._made, Closable):
            self._made.close()
        self._made = None
        if self._store is not None:
            await self._store.aclose()
            self._store, self._residents, self._recalling = None, None, None
