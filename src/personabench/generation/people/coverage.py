"""How evenly people are spread over what they were drawn from, and where they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from personabench.generation.material.countries import INCOMES, countries
from personabench.generation.material.occupations import fields_of_work, worked_as
from personabench.generation.people.ages import BANDS, age_on, band_of
from personabench.generation.people.drawing import DRAWN_ON
from personabench.generation.seed import Seed

_FORMS = ("alone", "flatmates", "couple", "family", "single parent", "with parents", "extended family")


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How many people have each value of a trait; a value that nobody has counts 0.

    `dealt`: whether the drawing aims at an even spread. What it leaves to age and country is uneven by intent.
    """

    trait: str
    counts: Mapping[str, int]
    dealt: bool

    @property
    def deviation(self) -> float:
        """The largest distance of a value's share from an even one, in points of 100; 0 where there are no people."""
        people = sum(self.counts.values())
        if not people:
            return 0.0
        even = 1 / len(self.counts)
        return max(abs(count / people - even) for count in self.counts.values()) * 100

    @property
    def furthest(self) -> str:
        """The value that lies furthest from an even share."""
        even = sum(self.counts.values()) / len(self.counts)
        return max(self.counts, key=lambda value: abs(self.counts[value] - even))


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The spreads of so many people, and the number of different occupations, those of the retired among them."""

    people: int
    spreads: tuple[Spread, ...]
    occupations: int

    def of(self, trait: str) -> Spread:
        """Raises: KeyError."""
        for spread in self.spreads:
            if spread.trait == trait:
                return spread
        raise KeyError(trait)

    def as_markdown(self) -> str:
        lines = [
            f"{self.people} people, {self.occupations} occupations.",
            "",
            "| trait | values | with people | largest deviation from an even share | people by value |",
            "|---|---|---|---|---|",
        ]
        for spread in self.spreads:
            held = sum(count > 0 for count in spread.counts.values())
            each = ", ".join(f"{value} {count}" for value, count in spread.counts.items())
            off = f"{spread.deviation:.1f} points ({spread.furthest})"
            lines.append(f"| {spread.trait} | {len(spread.counts)} | {held} | {off} | {each} |")
        skewed = [spread.trait for spread in self.spreads if not spread.dealt]
        lines += ["", f"Not drawn evenly, but as age, country and work have it: {', '.join(skewed)}."]
        return "\n".join(lines) + "\n"


def coverage(seeds: Sequence[Seed], *, on: date = DRAWN_ON) -> Coverage:
    """Counts over all people; ages are those on a day."""
    homes = sorted({tag for country in countries().values() for tag in country.languages.home})
    drawn = (
        ("country", list(countries()), [seed.country for seed in seeds], True),
        ("first language", homes, [seed.languages[0] for seed in seeds], False),
        ("language of the sessions", ["en", "zh"], [seed.written_in for seed in seeds], False),
        ("age", [band_of(low) for low, _ in BANDS], [band_of(age_on(on, seed.born)) for seed in seeds], True),
        ("gender", ["female", "male", "nonbinary"], [seed.gender for seed in seeds], False),
        ("field of work", [*fields_of_work(), "school", "home"], [seed.field_of_work for seed in seeds], False),
        ("household", list(_FORMS), [seed.household for seed in seeds], False),
        ("income", list(INCOMES), [seed.income for seed in seeds], False),
    )
    return Coverage(
        people=len(seeds),
        spreads=tuple(
            Spread(trait=trait, counts=_counted(values, held), dealt=dealt) for trait, values, held, dealt in drawn
        ),
        occupations=len({worked_as(seed.occupation) or seed.occupation for seed in seeds}),
    )


def _counted(values: Sequence[str], held: Sequence[str]) -> dict[str, int]:
    counts = Counter(held)
    return {value: counts[value] for value in dict.fromkeys([*values, *held])}
