"""A living profile of every user of an LLM application: dated, evidenced, theirs to correct."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aipersona.chat.replying import Reply
    from aipersona.consolidating import ConsolidationReport
    from aipersona.context import Context
    from aipersona.embedding.protocol import Embedder
    from aipersona.embedding.scripted import ScriptedEmbedder
    from aipersona.engine import AIPersona
    from aipersona.errors import AIPersonaError
    from aipersona.learning import LearnReport
    from aipersona.llm.local.calling import CallingModel
    from aipersona.llm.local.pull import default_model
    from aipersona.llm.local.runtime import LocalServer
    from aipersona.optimizer.consolidation.inferring import Inference, InferRequest
    from aipersona.optimizer.consolidation.same_fields import SameField
    from aipersona.optimizer.draft import DraftEdit, DraftRequest
    from aipersona.optimizer.policy import Policy
    from aipersona.persona.claims import Claim
    from aipersona.persona.query import Condition, Query
    from aipersona.persona.revisions import Revision
    from aipersona.persona.view import PersonaView
    from aipersona.recall.model import Recalled, RecalledSession, RecalledTurn
    from aipersona.schema.fields import Column, FieldSpec, Schema
    from aipersona.sessions.model import Session, ToolCall, Turn
    from aipersona.sessions.reading import read_sessions
    from aipersona.tools.acting import CallMade, Limits
    from aipersona.tools.filling import FromPersona
    from aipersona.usage import TenantUsage, Usage

__version__ = "0.1.0"

_HOMES = {
    "AIPersona": "aipersona.engine",
    "AIPersonaError": "aipersona.errors",
    "CallMade": "aipersona.tools.acting",
    "CallingModel": "aipersona.llm.local.calling",
    "Claim": "aipersona.persona.claims",
    "Column": "aipersona.schema.fields",
    "Condition": "aipersona.persona.query",
    "ConsolidationReport": "aipersona.consolidating",
    "Context": "aipersona.context",
    "DraftEdit": "aipersona.optimizer.draft",
    "DraftRequest": "aipersona.optimizer.draft",
    "Embedder": "aipersona.embedding.protocol",
    "FieldSpec": "aipersona.schema.fields",
    "FromPersona": "aipersona.tools.filling",
    "InferRequest": "aipersona.optimizer.consolidation.inferring",
    "Inference": "aipersona.optimizer.consolidation.inferring",
    "LearnReport": "aipersona.learning",
    "Limits": "aipersona.tools.acting",
    "LocalServer": "aipersona.llm.local.runtime",
    "PersonaView": "aipersona.persona.view",
    "Policy": "aipersona.optimizer.policy",
    "Query": "aipersona.persona.query",
    "Recalled": "aipersona.recall.model",
    "RecalledSession": "aipersona.recall.model",
    "RecalledTurn": "aipersona.recall.model",
    "Reply": "aipersona.chat.replying",
    "Revision": "aipersona.persona.revisions",
    "SameField": "aipersona.optimizer.consolidation.same_fields",
    "Schema": "aipersona.schema.fields",
    "ScriptedEmbedder": "aipersona.embedding.scripted",
    "Session": "aipersona.sessions.model",
    "TenantUsage": "aipersona.usage",
    "ToolCall": "aipersona.sessions.model",
    "Turn": "aipersona.sessions.model",
    "Usage": "aipersona.usage",
    "default_model": "aipersona.llm.local.pull",
    "read_sessions": "aipersona.sessions.reading",
}

__all__ = [
    "AIPersona",
    "AIPersonaError",
    "CallMade",
    "CallingModel",
    "Claim",
    "Column",
    "Condition",
    "ConsolidationReport",
    "Context",
    "DraftEdit",
    "DraftRequest",
    "Embedder",
    "FieldSpec",
    "FromPersona",
    "InferRequest",
    "Inference",
    "LearnReport",
    "Limits",
    "LocalServer",
    "PersonaView",
    "Policy",
    "Query",
    "Recalled",
    "RecalledSession",
    "RecalledTurn",
    "Reply",
    "Revision",
    "SameField",
    "Schema",
    "ScriptedEmbedder",
    "Session",
    "TenantUsage",
    "ToolCall",
    "Turn",
    "Usage",
    "__version__",
    "default_model",
    "read_sessions",
]


def __getattr__(name: str) -> Any:
    """Names are loaded when they are used: `aipersona --help` must not wait for SQLAlchemy."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
