"""Vectors of turns in PostgreSQL: pgvector's type, which takes what an SQLite blob takes and no more room.

A user's vectors are searched in the process, exactly and together with the words, so that both databases find the same;
pgvector adds that the database can search them, too (`ORDER BY vector <=> ...` over one user), for reports and repairs.
No index is kept over them: within a user an exact scan is fast, and across users nobody may search.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa


class FloatVector(sa.types.UserDefinedType[bytes]):
    """float32 numbers, little-endian, in and out; no bytes are NULL, since the type has no empty vector.

    The dimensions are free: each embedder has its own. Numbers come back bit by bit as they went in.
    """

    cache_ok = True

    def get_col_spec(self, **_more: object) -> str:
        return "VECTOR"

    def bind_expression(self, bindvalue: sa.BindParameter[bytes]) -> sa.ColumnElement[bytes]:
        return sa.cast(bindvalue, self)

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        from pgvector import Vector

        def text(value: bytes | None) -> str | None:
            return Vector(np.frombuffer(value, "<f4")).to_text() if value else None

        return text

    def column_expression(self, colexpr: sa.ColumnElement[bytes]) -> sa.ColumnElement[Any]:
        """The column in its binary form: as text it would be three times as long, and slow to read."""
        return sa.func.vector_send(colexpr, type_=self)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        from pgvector import Vector

        def numbers(value: bytes | None) -> bytes:
            return Vector.from_binary(value).to_numpy().astype("<f4").tobytes() if value is not None else b""

        return numbers
