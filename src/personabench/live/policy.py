"""The rule policy: an assistant without a model, so that what is measured is the memory and not its eloquence.

0. The memory is asked for the wish and for the arguments that its tools take (`looking_up`).
1. What the running session says is granted (`Understood`); understanding it is not what is measured.
2. Each further argument that is the user's own is read from the context, by fixed rules (`reading`).
3. Where one that the tool cannot do without is not found, all such are asked for at once, and nothing is called.
4. Otherwise the tools are called in their order, the first thing that a search finds is taken, and it is said what was
   done. Optional arguments that are not known are left out, as assistants do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from aipersona import Turn
from personabench.generation.solving import FOUND
from personabench.live.assistant import Acted, Made, Understood
from personabench.live.reading import Wanted, read, sentences
from personabench.worlds.catalogue import Worlds
from personabench.worlds.protocol import Refused, Row


class RulePolicy:
    """Acts by the rules above."""

    name = "policy-1"

    async def reply(self, talk: Sequence[Turn], context: str, world: Worlds, understood: Understood) -> Acted:
        arguments: dict[str, JsonValue] = {**understood.given, **understood.heard}
        lines = sentences(context)
        names = tuple(str(row["name"]) for row in world.state.get("contacts", []) if "name" in row)
        missing: list[str] = []
        for asked in understood.asked:
            if asked.parameter in arguments:
                continue
            value = read(Wanted(asked=asked, names=names), lines, understood.written)
            if value is not None:
                arguments[asked.parameter] = value
            elif asked.required:
                missing.append(asked.parameter)
        if missing:
            return Acted(text=f"To do this I need to know: {', '.join(missing)}?", asks=tuple(missing))
        return _act(understood.tools, arguments, world)


def _act(tools: Sequence[str], arguments: Mapping[str, JsonValue], world: Worlds) -> Acted:
    """Call tool after tool, each with what the one before it found first."""
    made: list[Made] = []
    found: Row = {}
    for tool in tools:
        takes = world.parameters(tool)
        own = {name: arguments[name] for name in takes if name in arguments}
        ids = {name: found.get(name, f"{FOUND}{name}") for name in takes if name.endswith("_id")}
        call = {**ids, **own}
        try:
            result = world.call(tool, call)
        except Refused as why:
            made.append(Made(tool=tool, arguments=call, error=str(why)))
            return Acted(text=f"That did not work: {why}", calls=tuple(made), asks=())
        made.append(Made(tool=tool, arguments=call, result=result))
        if isinstance(result, list):
            if not result:
                return Acted(text="I found nothing that fits.", calls=tuple(made), asks=())
            result = result[0]
        if isinstance(result, dict):
            found = {**found, **result}
    shown = ", ".join(f"{name} {value}" for name, value in found.items() if isinstance(value, str | int | float))
    return Acted(text=f"Done: {shown}." if shown else "Done.", calls=tuple(made), asks=())
