"""aipersona itself: personas learned by the shared model, or fed the gold of the data set through the same gate.

Where several people talk, each of them is a user, and every session that one speaks in is theirs. A question gets the
context of who asks, and with what is left of the budget what those of the others add.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import chain, zip_longest
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import JsonValue, SecretStr

from aipersona import AIPersona, Claim, DraftEdit, DraftRequest, Session, Turn
from aipersona.settings import Settings
from personabench.datasets import Person, Probe
from personabench.errors import BenchError
from personabench.systems.protocol import Embed, Retrieved, Setting
from personabench.systems.tokens import count_tokens

RANKED = 20
"""How many sessions are ranked."""

LEAST = 100
"""Tokens that a further person's context is worth."""

Strategy = Literal["slots", "edits"]
ScriptedFunction = Callable[[DraftRequest], Sequence[DraftEdit]]


class Past:
    """The past as aipersona finds it by words and meaning, with no persona: what learning has to be better than.

    The clock shows the time of the last session, and the end of a question's day while it is asked. Without an
    embedder words must do.
    """

    def __init__(
        self, setting: Setting, *, strategy: Strategy = "slots", drafter: ScriptedFunction | None = None
    ) -> None:
        self._database = setting.folder / "personas.db"
        self._speakers = users_of(setting.person)
        self._now = datetime.min.replace(tzinfo=UTC)
        self._seen: set[str] = set()
        self._ai = AIPersona(
            self._database,
            drafter=drafter,
            embedder=Shared(setting.embed) if setting.embed is not None else "none",
            settings=_settings(setting, strategy),
            clock=lambda: self._now,
        )

    @property
    def _users(self) -> list[str]:
        """The ids of the users that were seen, in the order of the data set."""
        return [user for user in self._speakers if user in self._seen]

    async def observe(self, session: Session) -> None:
        self._now = session.started_at
        for user, speaker in self._speakers.items():
            if speaker is None or any(turn.speaker == speaker for turn in session.turns):
                await self._ai.observe(session.model_copy(update={"user_id": user, "speaker": speaker}))
                self._seen.add(user)

    async def settle(self) -> None:
        for user in self._users:
            await self._ai.index(user)

    async def context(self, probe: Probe, *, budget: int, running: Sequence[Turn] = ()) -> Retrieved:
        texts: list[str] = []
        seen: set[str] = set()
        for user in self._asked(probe):
            if budget < LEAST:
                break
            found = (await self._ai.context(user, probe.query, budget=budget)).text.split("\n")
            lines = [line for line in found if line not in seen or line.endswith(":")]
            if any(not line.endswith(":") for line in lines):
                speaker = self._speakers[user]
                texts.append("\n".join([*([speaker] if speaker else []), *lines]))
                budget -= count_tokens(texts[-1])
            seen.update(lines)
        return Retrieved(text="\n\n".join(texts))

    async def ranking(self, probe: Probe) -> tuple[str, ...]:
        """The sessions that are recalled for a question: of each who speaks the first, then of each the second."""
        recalled = [
            await self._ai.recall(user, probe.query, limit=RANKED, sessions=RANKED) for user in self._asked(probe)
        ]
        ranks = zip_longest(*(one.sessions for one in recalled))
        found = (session.session_id for session in chain.from_iterable(ranks) if session is not None)
        return tuple(dict.fromkeys(found))

    def _asked(self, probe: Probe) -> list[str]:
        """The users that a question is put to, who asks first; it is the end of the question's day."""
        self._now = datetime.combine(probe.day, time.max, UTC)
        return sorted(self._users, key=lambda user: probe.speaker is None or self._speakers[user] != probe.speaker)

    async def aclose(self) -> None:
        await self._ai.aclose()


class Personas(Past):
    """Personas in a database of their own; `drafter` stands in for the model."""

    @property
    def database(self) -> Path:
        return self._database

    @property
    def users(self) -> Sequence[str]:
        return self._users

    async def settle(self) -> None:
        for user in self._users:
            await self._ai.learn(user)

    async def memories(self) -> Sequence[str]:
        """The claims that hold, each as its field and its values."""
        return [_text(claim) for claim in await self._held()]

    async def claims(self) -> Sequence[tuple[str, JsonValue]]:
        """The claims that hold, each as its field and its value; a row is an object."""
        return [(claim.path, claim.value) for claim in await self._held()]

    async def _held(self) -> list[Claim]:
        views = [await self._ai.persona(user) for user in self._users]
        return [claim for view in views for claim in view.persona.all_holding(view.as_of)]


class Learned(Personas):
    """Personas learned by filling forms."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting, strategy="slots")


class LearnedByEdits(Personas):
    """Personas learned by one structured call for each batch of sessions."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting, strategy="edits")


class Oracle(Personas):
    """Personas fed the gold of Memora: what a model that drafts without a mistake would reach.

    Raises: BenchError for a data set without gold drafts.
    """

    def __init__(self, setting: Setting) -> None:
        if setting.dataset != "memora":
            raise BenchError(f"the system 'oracle' needs gold drafts, which {setting.dataset!r} does not have")
        super().__init__(setting, strategy="slots", drafter=_gold(setting.data, setting.person))


class Shared:
    """The embedder that all systems share, as aipersona takes one."""

    name = "shared"

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    @property
    def dimensions(self) -> int:
        return len(self._embed(["how long is a vector?"])[0])

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.asarray(self._embed(texts), dtype=np.float32).reshape(len(texts), -1)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def embed_question(self, text: str) -> npt.NDArray[np.float32]:
        return self.embed([text])[0]


def users_of(person: Person) -> dict[str, str | None]:
    """The users that a person of a data set stands for, each with their name where several people speak."""
    if not person.speakers:
        return {person.user_id: None}
    return {f"{person.user_id}/{speaker}": speaker for speaker in person.speakers}


def _text(claim: Claim) -> str:
    return f"{claim.path}: {', '.join(map(str, _plain_values(claim.value)))}"


def _plain_values(value: JsonValue) -> Iterator[JsonValue]:
    """The values below a value, without the names of columns."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        for one in inner:
            yield from _plain_values(one)
    elif value is not None:
        yield value


def _settings(setting: Setting, strategy: Strategy) -> Settings:
    """The defaults whatever the environment says, and the shared model."""
    if setting.model is None:
        return Settings.model_construct(strategy=strategy)
    access = setting.model
    return Settings.model_construct(
        strategy=strategy, model=access.model, base_url=access.base_url, api_key=SecretStr(access.api_key)
    )


def _gold(data: Path, person: Person) -> ScriptedFunction:
    """What proposes the gold operations and the gold parts of documents for the sessions that it is shown."""
    from personabench.oracle.documents import DocumentDrafter
    from personabench.oracle.drafts import drafts_of
    from personabench.oracle.gold import Operation, read_gold

    own = data / person.user_id
    folder = own if own.is_dir() else data
    operations: defaultdict[str, list[Operation]] = defaultdict(list)
    for operation in read_gold(folder).operations:
        operations[operation.session_id].append(operation)
    documents = DocumentDrafter(folder)

    def propose(request: DraftRequest) -> list[DraftEdit]:
        of_sessions = (operations[session.session_id] for session in request.sessions)
        drafts = [draft for operation in chain.from_iterable(of_sessions) for draft in drafts_of(operation)]
        return drafts + documents(request)

    return propose
