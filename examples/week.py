"""A week with somebody who moves house, lived with the chat as an application would: tools, desk and memory.

    python examples/week.py     # prints the week as Markdown; docs/a-week.md is what it printed

Maya lives in Lyon on Monday and in Lisbon on Sunday. She says so as people do: in passing, with a trip in between, and
with an e-mail pasted that speaks of somebody else's move. The two tools are plain functions; what Maya has told fills
their arguments. Each evening the talk is over, and the persona is brought up to date from it. AIPERSONA_MODEL names
another model.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

from pydantic import JsonValue

from aipersona import AIPersona, CallMade, FromPersona, Reply

USER = "maya"

PLACE = FromPersona("situation.location", "demographics.residence.city")

RESTAURANTS = {
    ("lyon", "vegetarian"): ["Les Mauvaises Herbes", "Culina Hortus"],
    ("lyon", ""): ["Daniel et Denise", "Les Mauvaises Herbes"],
    ("lisbon", "vegetarian"): ["Ao 26", "Jardim das Cerejas"],
    ("lisbon", ""): ["Cervejaria Ramiro", "Ao 26"],
}
WEATHER = {"lyon": "rain, 8 degrees", "lisbon": "sun, 19 degrees"}


def find_restaurants(city: Annotated[str, PLACE], diet: Annotated[str, FromPersona("preferences.diet")] = "") -> str:
    """Places to eat out in a city, for a diet."""
    found = RESTAURANTS.get((city.casefold(), diet.casefold())) or RESTAURANTS.get((city.casefold(), "")) or []
    return ", ".join(found) or f"none known in {city}"


def weather(city: Annotated[str, PLACE]) -> str:
    """Today's weather in a city."""
    return WEATHER.get(city.casefold(), f"not known for {city}")


@dataclass(frozen=True)
class Day:
    """One day of the week: what Maya writes, each message once the one before is answered."""

    name: str
    said: tuple[str, ...]


WEEK = (
    Day(
        "Monday",
        (
            "Hi, I'm Maya. I live in Lyon and I'm vegetarian.",
            "Where can I eat out tonight?",
        ),
    ),
    Day(
        "Tuesday",
        (
            'Can you sum up this e-mail from my landlord? "Dear tenants, I have moved to Berlin and eat meat again. '
            'Please leave the keys with Mr Roux. Regards, B. Girard"',
            "Please put on my to-do list: give the keys to Mr Roux.",
        ),
    ),
    Day(
        "Wednesday",
        (
            "I'm in Lisbon today to look at a flat. What is the weather like?",
            "Add to my calendar: movers on Friday at 9:00.",
        ),
    ),
    Day("Thursday", ("What is the weather like today?",)),
    Day(
        "Friday",
        (
            "Done, I moved to Lisbon today! The movers were quick.",
            "I gave the keys to Mr Roux, you can tick that off.",
        ),
    ),
    Day("Saturday", ("Where can I eat out tonight?", "What is the weather like?")),
    Day("Sunday", ("What do you know about me?", "Why do you think that I live in Lisbon?")),
)


class Clock:
    """The day and hour that the week has come to."""

    def __init__(self, begins: datetime) -> None:
        self.now = begins

    def __call__(self) -> datetime:
        return self.now


async def live(database: Path) -> None:
    """Live the week and print it."""
    clock = Clock(datetime(2026, 3, 2, 18, 0, tzinfo=timezone(timedelta(hours=1))))
    ai = AIPersona(database, model=os.environ.get("AIPERSONA_MODEL", "local"), clock=clock)
    try:
        for number, day in enumerate(WEEK):
            clock.now += timedelta(days=1 if number else 0)
            print(f"\n## {day.name}, {clock.now:%d %B %Y}\n")
            await _talk(ai, day, clock)
    finally:
        await ai.aclose()


async def _talk(ai: AIPersona, day: Day, clock: Clock) -> None:
    """Say what there is to say on a day, and let the evening come."""
    session: str | None = None
    for message in day.said:
        reply = await ai.chat(USER, message, session_id=session, tools=[find_restaurants, weather])
        session = reply.session_id
        clock.now += timedelta(minutes=1)
        print(f"**Maya:** {message}\n\n**Assistant:** {reply.text}\n")
        for line in _behind(reply):
            print(f"> {line}  ")
        print(flush=True)
    if session is not None and await ai.end_session(USER, session) is not None:
        number = (await ai.log(USER))[-1].number
        changed = await ai.diff(USER, number - 1, number)
        if changed:
            print(f"*In the evening, from what Maya said: {', '.join(map(_shown, changed))}.*\n")


def _shown(step: dict[str, JsonValue]) -> str:
    """A step of a JSON Patch, for people."""
    path = str(step["path"]).strip("/").replace("/", ".")
    return (
        f"`{path}` gone" if step["op"] == "remove" else f"`{path}` is {json.dumps(step['value'], ensure_ascii=False)}"
    )


def _behind(reply: Reply) -> list[str]:
    """What happened for a reply: the calls with what was filled in from the persona, and what was changed."""
    lines = [f"`{call.name}({_arguments(call)})`: {call.error or call.result}" for call in reply.calls]
    for call in reply.calls:
        lines += [f"filled in: {filled.parameter} from `{filled.path}`" for filled in call.filled]
    return lines


def _arguments(call: CallMade) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in call.arguments.items() if value != "")


def main() -> None:
    print("# A week with somebody who moves house")
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "week.db"
        asyncio.run(live(database))
        print("\n## Asked afterwards\n\n    $ aipersona why maya demographics.residence.city", flush=True)
        asked = [sys.executable, "-m", "aipersona.cli", "why", USER, "demographics.residence.city"]
        known = {**os.environ, "AIPERSONA_DATABASE": str(database)}
        told = subprocess.run(asked, env=known, capture_output=True, text=True, check=True).stdout
        print(textwrap.indent(told, "    "))


if __name__ == "__main__":
    main()
