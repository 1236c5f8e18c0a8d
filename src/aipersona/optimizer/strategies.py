"""Which way of drafting fits which model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from aipersona.errors import ModelUnavailable
from aipersona.llm.models import NO_MODEL, is_local, local_server
from aipersona.optimizer.draft import Drafter
from aipersona.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model


def drafter_for(model: str | Model | None, settings: Settings, *, resolve: Callable[[], Model]) -> Drafter:
    """The drafter for a model: forms for the local one, one structured call for any other, unless settings say.

    `resolve` gives the model that a name means; whoever opened it closes it.

    Raises: ModelUnavailable.
    """
    if model is None:
        raise ModelUnavailable(NO_MODEL, passes=False)
    local = is_local(model)
    strategy = settings.strategy if settings.strategy != "auto" else ("slots" if local else "edits")
    if strategy == "edits":
        from aipersona.llm.calls import Caller
        from aipersona.optimizer.edits_strategy import EditsDrafter

        return EditsDrafter(Caller(resolve()))
    from aipersona.optimizer.slots_strategy import SlotsDrafter

    if isinstance(model, str) and local:
        from aipersona.optimizer.measured_forms import MeasuredForms

        return SlotsDrafter(MeasuredForms(local_server(model, settings)))
    from aipersona.llm.forms import ModelForms

    return SlotsDrafter(ModelForms(resolve()))
