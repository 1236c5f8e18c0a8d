"""What the model has at hand for one message: the application's tools, those that steer, the desk, and servers'.

In: what was given and what is known. Out: one toolset with the persona in its arguments, and, once the model is done,
the calls that it made, what they changed and what they failed to change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic_ai.toolsets import AbstractToolset, CombinedToolset, FunctionToolset

from aipersona.desk.desk import Desk
from aipersona.desk.writing import Pad
from aipersona.optimizer.draft import Drafter
from aipersona.optimizer.policy import Policy
from aipersona.persona.model import Persona
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session
from aipersona.steering import Changed, Steering
from aipersona.store.protocol import Store, UserKey
from aipersona.tools.acting import Acting, CallMade, Limits
from aipersona.tools.filling import Known, Trust
from aipersona.tools.given import ToolLike, toolsets_of
from aipersona.tools.heard import Heard
from aipersona.tools.here import just_said
from aipersona.tools.nearest import Matter, Near, Nearest
from aipersona.tools.servers import Offer
from aipersona.tools.yielding import Yielding

Given = tuple[AbstractToolset[object], Trust]

LATELY = 4
"""How many turns before the message tell what it is about, and which tools it may go on with."""


@dataclass(frozen=True, kw_only=True)
class Shortlist:
    """How many tools are shown, what they are wanted for, and what tells how near they are to it in meaning."""

    most: int
    matter: Matter
    near: Near


@dataclass(kw_only=True)
class AtHand:
    """The tools for one message. `given` are the application's and those that steer, `ours` those that give way."""

    heard: Heard
    steering: Steering | None
    desk: Desk | None
    given: Sequence[Given]
    ours: Sequence[Given]
    calls: list[CallMade] = field(default_factory=list[CallMade])

    @property
    def names(self) -> set[str]:
        """What those tools are called that are made of functions here."""
        toolsets = (toolset for toolset, _ in (*self.given, *self.ours) if isinstance(toolset, FunctionToolset))
        return {name for toolset in toolsets for name in toolset.tools}

    @property
    def changes(self) -> tuple[Changed, ...]:
        steered = self.steering.changes if self.steering is not None else []
        written = self.desk.pad.changes if self.desk is not None else []
        return tuple(sorted((*steered, *written), key=lambda changed: changed.revision))

    @property
    def failures(self) -> list[str]:
        steered = self.steering.failures if self.steering is not None else []
        return [*steered, *(self.desk.pad.failures if self.desk is not None else [])]

    def toolset(
        self,
        known: Known,
        offer: Offer | None,
        *,
        limits: Limits,
        shortlist: Shortlist | None,
        on_call: Callable[[CallMade], None] | None,
    ) -> AbstractToolset[object] | None:
        """All tools as one, with what is known in their arguments; None where there are none.

        With a shortlist those nearest to its matter are shown, and those that steer.
        """
        orders = {order.__name__ for order in self.steering.tools} if self.steering is not None else set[str]()
        unprompted = frozenset(orders | (self.desk.unprompted if self.desk is not None else set[str]()))

        def around(toolset: AbstractToolset[object], trust: Trust, within: Limits) -> Acting:
            return Acting(
                toolset,
                known=known,
                trust=trust,
                unprompted=unprompted,
                heard=self.heard,
                limits=within,
                calls=self.calls,
                on_call=on_call,
            )

        theirs = [around(toolset, trust, limits) for toolset, trust in self.given]
        for server in offer.toolsets if offer is not None else ():
            spec = server.server.spec
            theirs.append(around(server, spec.trust, replace(limits, seconds=spec.seconds or limits.seconds)))
        desks = [Yielding(around(toolset, trust, limits), to=theirs, heard=self.heard) for toolset, trust in self.ours]
        if not theirs and not desks:
            return None
        all_tools = CombinedToolset([*theirs, *desks])
        if shortlist is None:
            return all_tools
        return Nearest(
            all_tools, most=shortlist.most, matter=shortlist.matter, near=shortlist.near, always=frozenset(orders)
        )


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """What tools that change what is known work with."""

    store: Store
    schema: Schema
    policy: Policy
    clock: Callable[[], datetime]
    drafter: Callable[[], Drafter]

    def steering(self, key: UserKey, session: Session) -> Steering:
        return Steering(
            store=self.store,
            key=key,
            schema=self.schema,
            policy=self.policy,
            clock=self.clock,
            drafter=self.drafter,
            session=session,
        )

    def desk(self, key: UserKey, session: Session, heard: Heard) -> Desk:
        pad = Pad(
            store=self.store,
            key=key,
            schema=self.schema,
            policy=self.policy,
            clock=self.clock,
            session=session,
            heard=heard,
        )
        return Desk(pad)


def at_hand(
    tools: Sequence[ToolLike], keeping: Keeping, key: UserKey, session: Session, *, steering: bool, desk: bool
) -> AtHand:
    """The tools for the last message of a session.

    Raises: InvalidInput for what is no tool, and for two functions of one name.
    """
    heard = Heard()
    steered = keeping.steering(key, session) if steering else None
    laid = keeping.desk(key, session, heard) if desk else None
    orders = steered.tools if steered is not None else ()
    ours = laid.tools if laid is not None else ()
    heard.own = frozenset(tool.__name__ for tool in (*orders, *ours))
    return AtHand(
        heard=heard,
        steering=steered,
        desk=laid,
        given=toolsets_of((*tools, *orders)),
        ours=toolsets_of(ours),
    )


def known_of(persona: Persona, schema: Schema, session: Session) -> Known:
    """What there is to fill arguments from, for the last message of a session."""
    return Known(
        persona=persona,
        schema=schema.with_learned(entry.spec for entry in persona.learned),
        day=session.day_of(session.turns[-1]),
        just_said=just_said([turn.content for turn in session.user_turns], schema),
    )


def matter_of(session: Session, told: str) -> Matter:
    """What tools are wanted for: the last message of a session; beside it what the model is told, and the turns before.

    The tools that were called in those turns are called lately.
    """
    *before, message = session.turns[-LATELY - 1 :]
    return Matter(
        message=message.content,
        around="\n".join((told, *(turn.content for turn in before))),
        called=frozenset(call.name for turn in before for call in turn.tool_calls),
    )
