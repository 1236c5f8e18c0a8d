"""The in-memory twin of what a server keeps."""

from __future__ import annotations

from collections.abc import Sequence

from aipersona.access.keys import ApiKey
from aipersona.store.protocol import Answer, Prefix, UserKey


class MemoryServer:
    """API keys, recorded message lists and answers in dictionaries."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self._prefixes: dict[UserKey, dict[str, Prefix]] = {}
        self._answers: dict[UserKey, dict[str, Answer]] = {}

    async def keys(self, tenant: str | None = None) -> list[ApiKey]:
        found = [key for key in self._keys.values() if tenant is None or key.tenant == tenant]
        return sorted(found, key=lambda key: (key.tenant, key.key_id))

    async def key(self, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    async def put_keys(self, *keys: ApiKey) -> None:
        self._keys.update({key.key_id: key for key in keys})

    async def prefixes(self, key: UserKey, digests: Sequence[str]) -> list[Prefix]:
        kept = self._prefixes.get(key, {})
        return [kept[digest] for digest in dict.fromkeys(digests) if digest in kept]

    def put_prefixes(self, key: UserKey, rows: Sequence[Prefix], older: float) -> None:
        """Keep message lists as recorded, and drop old ones."""
        kept = {digest: row for digest, row in self._prefixes.get(key, {}).items() if row.at >= older}
        self._prefixes[key] = kept | {row.digest: row for row in rows}

    async def begin_answer(self, key: UserKey, answer: Answer, *, older: float, stuck: float) -> Answer | None:
        kept = self._answers.setdefault(key, {})
        for there in list(kept.values()):
            if there.at < older or (there.status is None and there.at < stuck):
                del kept[there.request_id]
        if answer.request_id in kept:
            return kept[answer.request_id]
        kept[answer.request_id] = answer
        return None

    async def renew_answer(self, key: UserKey, answer: Answer, *, at: float) -> None:
        there = self._owned(key, answer)
        if there is not None and there.status is None:
            self._answers[key][there.request_id] = there._replace(at=at)

    async def end_answer(self, key: UserKey, answer: Answer) -> None:
        if self._owned(key, answer) is not None:
            del self._answers[key][answer.request_id]
            if answer.status is not None:
                self._answers[key][answer.request_id] = answer

    async def drop_answers(self, *, older: float) -> int:
        before = sum(map(len, self._answers.values()))
        for key, kept in self._answers.items():
            self._answers[key] = {name: there for name, there in kept.items() if there.at >= older}
        self._answers = {key: kept for key, kept in self._answers.items() if kept}
        return before - sum(map(len, self._answers.values()))

    def _owned(self, key: UserKey, answer: Answer) -> Answer | None:
        there = self._answers.get(key, {}).get(answer.request_id)
        return there if there is not None and there.owner == answer.owner else None

    def erase_served(self, key: UserKey) -> dict[str, int]:
        """Drop what is the user's; how much by table."""
        return {"answers": len(self._answers.pop(key, {})), "prefixes": len(self._prefixes.pop(key, {}))}
