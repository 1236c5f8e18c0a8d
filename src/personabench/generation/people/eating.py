"""What people eat: diets by faith, and the cuisines that go with them."""

from __future__ import annotations

from personabench.generation.people.person import Person
from personabench.worlds.vocabulary import CUISINES

_UNEATEN: dict[str, tuple[str, ...]] = {
    "vegetarian": ("steakhouse", "seafood"),
    "vegan": ("steakhouse", "seafood"),
    "pescatarian": ("steakhouse",),
    "kosher": ("seafood",),
}
_TURNS: dict[str, dict[str, float]] = {
    "": {"vegetarian": 4, "pescatarian": 3, "low-carb": 2, "gluten-free": 1.5, "lactose-free": 1.5, "vegan": 1},
    "vegetarian": {"vegan": 3, "pescatarian": 2, "": 1},
    "vegan": {"vegetarian": 3, "pescatarian": 1},
    "pescatarian": {"vegetarian": 3, "": 1},
    "low-carb": {"": 2, "pescatarian": 1, "vegetarian": 1},
}
"""What a diet turns into, with weights; "" is to eat everything. Those without a line are kept for good."""


def uneaten(diet: str) -> tuple[str, ...]:
    """The cuisines that nobody of a diet likes."""
    return _UNEATEN.get(diet, ())


def eaten(person: Person) -> list[str]:
    """The cuisines that may be liked with the diet and the allergies that somebody has."""
    diet = person.ledger.text("preferences.diet")
    shellfish = any(fact.value == "shellfish" for fact in person.ledger.open("health.allergies"))
    return [one for one in CUISINES if one not in uneaten(diet) and not (shellfish and one == "seafood")]


def first_diets(faith: str) -> dict[str, float]:
    """The diets at the start, with weights; "" is none in particular."""
    match faith:
        case "Islam":
            return {"halal": 8, "": 2, "lactose-free": 0.5}
        case "Judaism":
            return {"kosher": 6, "": 2, "vegetarian": 1}
        case "Hinduism" | "Sikhism":
            return {"vegetarian": 6, "": 3, "lactose-free": 0.5, "vegan": 0.5}
        case _:
            return {
                "": 4.2, "vegetarian": 2.2, "pescatarian": 1.2, "low-carb": 0.9, "gluten-free": 0.8,
                "lactose-free": 0.8, "vegan": 0.9,
            }  # fmt: skip


def turns(diet: str, faith: str) -> dict[str, float]:
    """What a diet may turn into; nothing where faith or health keeps it."""
    if faith in ("Islam", "Judaism") or (faith in ("Hinduism", "Sikhism") and diet):
        return {}
    return _TURNS.get(diet, {})
