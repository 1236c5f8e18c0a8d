"""What a memory is asked for before a wish is answered: the wish, and what of the user its tools take.

An assistant that has understood a wish knows which arguments it has to fill and looks them up by their names, as one
with a tool for searching its memory does. Every setting is asked the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from personabench.generation.query import Query
from personabench.generation.scene import BY_NAME, Asked
from personabench.generation.seed import Written

_NAMES: Mapping[str, tuple[str, str]] = {
    "city": ("the city where I am or live", "我现在在哪个城市"),
    "from_city": ("the city where I am or live", "我现在在哪个城市"),
    "diet": ("my diet", "我的饮食习惯"),
    "cuisine": ("the food that I like", "我喜欢吃什么"),
    "genre": ("the music that I like", "我喜欢什么音乐"),
    "size": ("my shoe size", "我的鞋码"),
    "seat": ("the seat that I like", "我喜欢的座位"),
    "unit": ("the units that I use, Celsius or Fahrenheit", "我用摄氏度还是华氏度"),
    "degrees": ("the room temperature that I like", "我喜欢的室温"),
    "time": ("when I wake up", "我几点起床"),
    "topic": ("my interests", "我的兴趣爱好"),
}
_LIMITS: Mapping[str, tuple[str, str]] = {
    "dinner": ("my budget for a dinner", "我一顿晚饭的预算"),
    "shoes": ("my budget for shoes", "我买鞋的预算"),
    "gifts": ("my budget for a gift", "我买礼物的预算"),
    "trips": ("my budget for a trip", "我出行的预算"),
}
_KIN: Mapping[str, tuple[str, str]] = {
    "partner": ("the name of my partner", "我爱人叫什么名字"),
    "child": ("the name of my child", "我孩子叫什么名字"),
}


def looked_up(query: Query, written: Written) -> str:
    """The text that a memory is asked with for a wish."""
    names = [_name(asked, written) for asked in BY_NAME[query.scene].asked]
    if not names:
        return query.neutral
    if written == "zh":
        return f"{query.neutral}\n{'，'.join(names)}？"
    return f"{query.neutral}\nWhat is {', and '.join(names)}?"


def _name(asked: Asked, written: Written) -> str:
    where = dict(asked.where)
    if "who" in where:
        names = _KIN[where["who"]]
    elif asked.parameter == "max_price":
        names = _LIMITS[where["category"]]
    else:
        names = _NAMES[asked.parameter]
    return names[written == "zh"]
