"""Music in the rooms of a home; who names no genre gets any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import JsonValue

from personabench.worlds.keeping import Keeping
from personabench.worlds.personal import liked
from personabench.worlds.protocol import WorldTool
from personabench.worlds.vocabulary import GENRES, Genre, Room


class Music(Keeping):
    name: ClassVar[str] = "music"
    collections: ClassVar[dict[str, str | None]] = {"playing": None}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.play_music,)

    def play_music(
        self, room: Room, genre: Annotated[Genre | None, liked("music")] = None, artist: str | None = None
    ) -> JsonValue:
        """Play music in a room.

        Args:
            room: The room.
            genre: The kind of music.
            artist: Who plays it.
        """
        drawn = genre or self._draw("music", room, artist).choice(GENRES)
        return self._keep("playing", room=room, genre=drawn, artist=artist)
