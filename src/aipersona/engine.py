"""AIPersona: the public object. Sessions in, a living persona out, and contexts and chats that use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from aipersona.accounts import Accounts
from aipersona.by_hand import ByHand
from aipersona.context import ROOMY, Context, most_turns, render_context
from aipersona.errors import UnknownUser
from aipersona.explaining import Explanation, explain
from aipersona.growing import append
from aipersona.learning import Learner, LearnReport, Progress, at_least_one
from aipersona.persona.claims import Question
from aipersona.persona.model import Persona
from aipersona.persona.patch import JsonPatch, patch_between
from aipersona.persona.query import Query, QueryAnswer, persona_query
from aipersona.persona.revisions import Revision
from aipersona.persona.view import Day, PersonaView
from aipersona.recall import Asked, Recalled
from aipersona.sessions.jsonl import sessions_of
from aipersona.sessions.model import Session, Turn
from aipersona.store.protocol import Receipt, Stored, UserKey, UserSummary
from aipersona.telemetry.meters import count_context
from aipersona.telemetry.spans import note, operation

if TYPE_CHECKING:
    from aipersona.chat import Reply
    from aipersona.chat.listing import ToolList
    from aipersona.consolidating import ConsolidationReport
    from aipersona.optimizer.consolidation.inferring import Inferrer, InferringFunction
    from aipersona.tools.acting import CallMade, Limits
    from aipersona.tools.given import ToolLike


class AIPersona(ByHand, Accounts):
    """Living personas in one database.

        async with AIPersona("personas.db", model="openai:gpt-5-mini") as ai:
            await ai.observe(session)
            await ai.learn("alice")
            print((await ai.persona("alice"))["preferences"]["diet"])

    `database` is a file, an SQLAlchemy URL or ":memory:"; `model` a name (see Settings.model) or a pydantic-ai model;
    `drafter` stands in for the optimizer's model: an object with `draft`, or a plain function from a DraftRequest to
    DraftEdits; `embedder` finds the past by meaning: a name (see Settings.embedder) or an Embedder. What is not given
    comes from the environment (Settings). Everything is opened on first use.
    """

    # Sessions in.

    async def observe(self, session: Session | dict[str, JsonValue], *, closed: bool = True) -> bool:
        """Keep a session as evidence; False if it was there already. An open one may be observed again as it grows.

        A dictionary of the interchange format (docs/formats.md) does as well as a Session.

        Raises: InvalidSession, SessionChanged.
        """
        (told,) = sessions_of([session])
        return await (await self.store()).observe(UserKey(self.tenant, told.user_id), told, closed=closed)

    async def observe_all(
        self, sessions: Iterable[Session | dict[str, JsonValue]], *, closed: bool = True
    ) -> list[bool]:
        """Keep sessions of any users, all of them or none, much faster than one by one; for each what `observe` gives.

        Raises: InvalidSession; SessionChanged at the first that is there with other content.
        """
        return await (await self.store()).observe_all(self.tenant, sessions_of(sessions), closed=closed)

    async def append(self, user_id: str, session_id: str, turns: Sequence[Turn], *, closed: bool = False) -> Session:
        """Add messages to a session that goes on, or begin it with them; several writers may do so at once.

        They are numbered here, and those without a time were said now.

        Raises: InvalidInput for a closed session; SessionChanged if another writer was first too often.
        """
        return await append(await self.store(), self._key(user_id), session_id, turns, now=self._clock(), closed=closed)

    @operation("learn")
    async def learn(
        self,
        user_id: str,
        *,
        every: int | None = None,
        dry_run: bool = False,
        minimum: int = 1,
        most: int | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> LearnReport:
        """Update the persona from the sessions that it has not learned from, `every` of them per revision.

        With `dry_run` nothing is committed and the report holds the proposed revisions. With fewer than `minimum`
        sessions pending nothing is learned; after `most` revisions the rest stays pending. Then `index` is done, as far
        as the embedder answers.

        Raises: UnknownUser; InvalidInput; ModelError for the batch that failed, while the ones before it stay.
        """
        at_least_one(every)
        store, key, recalling = await self.store(), await self._known(user_id), await self._opened.recalling()
        learner = Learner(store, self._opened.drafter(), self.schema, self._policy, self._clock)
        async with self._one_learner(key):
            report = await learner.learn(
                key, every=every or self._every, dry_run=dry_run, minimum=minimum, most=most, progress=progress
            )
        note(sessions=report.sessions, revisions=report.revisions, model_calls=report.llm_calls)
        if not dry_run:
            await recalling.index_if_possible(key)
        return report

    @operation("index")
    async def index(self, user_id: str) -> int:
        """Compute the vectors of the user's turns that have none, for recall by meaning; how many turns were read.

        Without an embedder nothing happens. Raises: UnknownUser; ModelError, while what was computed before stays.
        """
        return await (await self._opened.recalling()).index(await self._known(user_id))

    @operation("consolidate")
    async def consolidate(
        self,
        user_id: str,
        *,
        dry_run: bool = False,
        as_of: Day | None = None,
        inferrer: Inferrer | InferringFunction | None = None,
    ) -> ConsolidationReport:
        """Infer habits and traits from what is known, merge learned fields that are one, let stale inferences end.

        One revision, or none where nothing changed. A model named in the settings is asked once, if its strategy is
        `edits`; `inferrer` stands in for it: an object with `infer`, or a function from an InferRequest to Inferences
        and SameFields.

        Raises: UnknownUser; ModelError, and nothing is committed.
        """
        from aipersona.consolidating import Consolidator
        from aipersona.optimizer.consolidation.inferring import ScriptedInferrer, inferrer_for

        key = await self._known(user_id)
        if inferrer is None:
            inferrer = inferrer_for(self._model, self.settings, resolve=self._opened.model)
        elif callable(inferrer):
            inferrer = ScriptedInferrer(inferrer)
        consolidator = Consolidator(await self.store(), self.schema, self._policy, self._clock, self._opened.embedder)
        async with self._one_learner(key):
            return await consolidator.consolidate(key, day=self._days(as_of)[0], inferrer=inferrer, dry_run=dry_run)

    # The persona out.

    async def persona(self, user_id: str, *, as_of: Day | None = None, revision: int | None = None) -> PersonaView:
        """What holds today, or on a day; as believed now, or at a revision. Reads as a nested dictionary.

        Raises: UnknownUser, UnknownRevision.
        """
        key = await self._known(user_id)
        if revision is None:
            persona = (await (await self._opened.residents()).get(key)).persona
        else:
            persona = await (await self.store()).load(key, revision=revision)
        return PersonaView(persona=persona, as_of=self._days(as_of)[0])

    async def why(self, user_id: str, path: str, *, as_of: Day | None = None) -> Explanation:
        """The story of a field: each value with its words, its days and what it replaced, newest first.

        Raises: UnknownUser, UnknownField.
        """
        view = await self.persona(user_id, as_of=as_of)
        return explain(view.persona, self.schema, path, day=view.as_of)

    async def query(self, user_id: str, query: Query, *, as_of: Day | None = None) -> QueryAnswer:
        """Filter, count, sum and compare the rows of a record field, exactly.

        Raises: UnknownUser, UnknownField, InvalidInput.
        """
        view = await self.persona(user_id, as_of=as_of)
        return persona_query(view.persona, self.schema, query, day=view.as_of)

    async def log(self, user_id: str, *, after: int = 0, limit: int | None = None) -> list[Revision]:
        """The user's revisions, oldest first; those with numbers above `after`, at most `limit`.

        Raises: UnknownUser.
        """
        return await (await self.store()).revisions(await self._known(user_id), after=after, limit=limit)

    async def diff(self, user_id: str, before: int, after: int) -> JsonPatch:
        """What changed between two revisions, as JSON Patch of the nested dictionary of today.

        Raises: UnknownUser, UnknownRevision.
        """
        old = await self.persona(user_id, revision=before)
        new = await self.persona(user_id, revision=after, as_of=old.as_of)
        return patch_between(old.nested, new.nested)

    @operation("context")
    async def context(
        self,
        user_id: str,
        query: str,
        *,
        budget: int = 1000,
        as_of: Day | None = None,
        running: str | None = None,
        exclude: Sequence[str] = (),
    ) -> Context:
        """What to tell a model about the user for a query, in at most `budget` tokens; no language model is called.

        Up to 1,000 tokens it holds what is close to the query; a larger budget is filled with what comes next, first
        the turns that tell how somebody wants something.
        `running` names the session in which the query comes up: it is not recalled, but says what the query is about.
        `exclude` names sessions that are not recalled. A user never seen has an empty context.
        """
        day, until = self._days(as_of)
        close = budget <= ROOMY
        asked = Asked(text=query, day=day, running=running, exclude=exclude, until=until, close=close, wishes=not close)
        past = await self._opened.recalling()
        persona, recalled = await past.recall(self._key(user_id), self.schema, asked, limit=4 * most_turns(budget))
        made = render_context(persona, self.schema, query, day=day, budget=budget, recalled=recalled.turns)
        count_context(self.tenant, "applied" if made.text else "empty")
        return made

    @operation("recall")
    async def recall(
        self,
        user_id: str,
        query: str,
        *,
        limit: int = 8,
        sessions: int = 5,
        running: str | None = None,
        as_of: Day | None = None,
        exclude: Sequence[str] = (),
    ) -> Recalled:
        """The turns, at most `limit`, and the sessions, at most `sessions`, that say most about a query, best first.

        By words, time and, for turns that were indexed, meaning. `running` and `exclude` are those of `context`; with
        `as_of`, what was said later is left out. A user never seen has no past.
        """
        day, until = self._days(as_of)
        asked = Asked(text=query, day=day, running=running, exclude=exclude, until=until)
        past = await self._opened.recalling()
        _, found = await past.recall(self._key(user_id), self.schema, asked, limit=limit, sessions=sessions)
        return found

    @operation("chat")
    async def chat(
        self,
        user_id: str,
        message: str,
        *,
        session_id: str | None = None,
        budget: int = 1000,
        context: str | None = None,
        instructions: str | None = None,
        tools: Sequence[ToolLike] = (),
        steering: bool = True,
        desk: bool = True,
        limits: Limits | None = None,
        on_text: Callable[[str], None] | None = None,
        on_call: Callable[[CallMade], None] | None = None,
    ) -> Reply:
        """Answer a message with what is known of the user; what was said becomes part of a session.

        `session_id` continues a session, None starts one. The model is told `context` instead of what is known, where
        it is given; tools are filled from the persona all the same. `instructions` are the application's own: who the
        assistant is, and how it does its work. `tools` are functions, pydantic-ai tools or toolsets that the model may
        call, within `limits`, beside those of the settings' tools file; what it leaves out of their arguments is filled
        from the persona. With `steering` the user may have things remembered, corrected,
        forgotten and explained in words. With `desk` the model has the user's calendar, to-dos and notes, a clock, a
        calculator and units at hand; one of `tools` with the same name replaces ours. `on_text` gets the reply as it
        comes, `on_call` each call when it was made. `end_session` closes the session, so that it can be learned from.

        Raises: InvalidInput for an empty message, a closed session, what is no tool or a tools file that cannot be
        used; ToolsUnavailable; ModelError; what the user said is kept even then.
        """
        from aipersona.chat import Asked, Chat

        residents = await self._opened.residents()

        async def persona(key: UserKey) -> Persona:
            return (await residents.get(key)).persona

        chat = Chat(
            await self.store(),
            self._opened.model(),
            schema=self.schema,
            policy=self._policy,
            context=self.context,
            persona=persona,
            drafter=self._opened.drafter,
            servers=self._opened.servers(),
            recalling=self._opened.recalling,
            clock=self._clock,
        )
        asked = Asked(
            session_id=session_id,
            budget=budget,
            context=context,
            instructions=instructions,
            tools=tools,
            steering=steering,
            desk=desk,
            limits=limits,
            on_text=on_text,
            on_call=on_call,
        )
        return await chat.reply(self._key(user_id), message, asked)

    async def tools(self) -> ToolList:
        """The tools that a chat has of its own and of the settings' tools file, whose servers are started for it.

        Raises: InvalidToolsFile; ToolsUnavailable.
        """
        from aipersona.chat.listing import listed
        from aipersona.desk.desk import desk_tools

        return await listed(self._opened.servers(), self.schema, desk_tools(self.schema))

    async def end_session(self, user_id: str, session_id: str, *, learn: bool = True) -> LearnReport | None:
        """Close a chat session, and learn when `every` sessions are pending; None if it did not learn.

        A session in which the user tells of a change ("I moved", "no longer") is learned from at once.

        Raises: InvalidInput for a session that is not there; ModelError.
        """
        from aipersona.chat import close_session
        from aipersona.optimizer.changes import tells_of_a_change

        closed = await close_session(await self.store(), self._key(user_id), session_id)
        if not learn:
            return None
        report = await self.learn(user_id, minimum=1 if tells_of_a_change(closed) else self._every)
        return report if report.sessions else None

    # The user's rights.

    async def questions(self, user_id: str) -> list[Question]:
        """The open conflicts that only the user can settle.

        Raises: UnknownUser.
        """
        return list((await self.persona(user_id)).persona.questions)

    async def users(self, *, after: str = "", limit: int | None = None) -> list[UserSummary]:
        """The tenant's users by id; those behind `after`, at most `limit`."""
        return await (await self.store()).users(self.tenant, after=after, limit=limit)

    async def user(self, user_id: str) -> UserSummary:
        """How much there is of a user.

        Raises: UnknownUser.
        """
        found = await (await self.store()).user(self._key(user_id))
        if found is None:
            raise UnknownUser(user_id)
        return found

    async def sessions(self, user_id: str, *, after: int = 0, limit: int | None = None) -> list[Stored]:
        """The user's sessions in the order of their last change; those at positions above `after`, at most `limit`.

        Raises: UnknownUser.
        """
        return await (await self.store()).sessions(await self._known(user_id), after=after, limit=limit)

    async def session(self, user_id: str, session_id: str) -> Stored | None:
        """One session as it is kept, or None.

        Raises: UnknownUser.
        """
        return await (await self.store()).session(await self._known(user_id), session_id)

    def export(self, user_id: str) -> AsyncIterator[str]:
        """Everything kept about a user, as lines of JSON (docs/formats.md)."""
        from aipersona.portable import export_lines

        return export_lines(self.store, self._key(user_id))

    async def import_(self, file: Path, *, user_id: str | None = None) -> UserSummary:
        """Take in an exported user, under another id if one is given.

        Raises: InvalidInput for a file that is no export or does not fold; Conflict if the user has other content.
        """
        from aipersona.portable import import_file

        user_id = self._key(user_id).user_id if user_id is not None else None
        return await import_file(await self.store(), self.tenant, file, user_id=user_id)

    async def erase(self, user_id: str) -> Receipt:
        """Remove everything about a user for good; the receipt says what was removed.

        Raises: UnknownUser.
        """
        key = await self._known(user_id)
        removed = await (await self.store()).erase(key)
        (await self._opened.residents()).forget(key)
        return Receipt(user_id=user_id, at=self._clock(), removed=removed)
