"""What can be found: pages, events of a day, places of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar

from pydantic import JsonValue

from aipersona import FromPersona
from personabench.worlds.given import plain, said
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.personal import HERE
from personabench.worlds.protocol import Row, WorldTool
from personabench.worlds.vocabulary import TOPICS, Topic

_FOUND = 3
_PAGES = ("a short answer", "explained step by step", "questions and answers", "an overview")
_STREETS = ("Station Road", "Market Square", "River Street", "Church Lane", "Park Avenue", "Mill Street", "Hill Road")
_KINDS_OF_EVENT = ("meetup", "workshop", "fair", "open evening", "club night", "course for beginners")


class Search(Keeping):
    name: ClassVar[str] = "search"

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.search_web, self.find_events, self.find_places)

    def search_web(self, query: str) -> JsonValue:
        """Search the web.

        Args:
            query: What to look for.
        """
        query = said(query, "query")
        self._look_up("search_web", query=query)
        pages = self._draw("pages", plain(query)).sample(_PAGES, _FOUND)
        return listed({"title": f"{query}: {page}"} for page in pages)

    def find_events(
        self,
        city: Annotated[str, HERE],
        day: date,
        topic: Annotated[Topic | None, FromPersona("personality.interests")] = None,
    ) -> JsonValue:
        """Find public events in a city on a day.

        Args:
            city: The city.
            day: The day, as YYYY-MM-DD.
            topic: What they are about.
        """
        city, on = said(city, "city"), self._coming(day)
        draw = self._draw("events", plain(city), on, topic)
        self._look_up("find_events", city=city, day=on, topic=topic)
        return listed(
            self._event(city, on, draw.choice(TOPICS) if topic is None else topic, kind, hour)
            for kind, hour in zip(draw.sample(_KINDS_OF_EVENT, _FOUND), draw.sample(range(9, 22), _FOUND), strict=True)
        )

    def find_places(self, kind: str, city: Annotated[str, HERE]) -> JsonValue:
        """Find places, such as a pharmacy or a hairdresser, in a city.

        Args:
            kind: The kind of place.
            city: The city.
        """
        kind, city = said(kind, "kind"), said(city, "city")
        self._look_up("find_places", kind=kind, city=city)
        draw = self._draw("places", plain(kind), plain(city))
        return listed(
            {"name": f"{kind} {street}", "kind": kind, "city": city, "open_until": f"{draw.randint(17, 23)}:00"}
            for street in draw.sample(_STREETS, _FOUND)
        )

    @staticmethod
    def _event(city: str, day: str, topic: Topic, kind: str, hour: int) -> Row:
        return {"title": f"{topic} {kind}", "topic": topic, "city": city, "day": day, "time": f"{hour:02}:00"}
