"""A shop that delivers to any city; the first things that a search finds are dear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BeforeValidator, JsonValue

from aipersona import FromPersona
from personabench.worlds.given import as_text, said
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.personal import HOME
from personabench.worlds.prices import price_in
from personabench.worlds.protocol import Refused, Setup, WorldTool
from personabench.worlds.vocabulary import Product as Category

SIZES: dict[Category, tuple[str, str]] = {
    "shoes": (r"\d{1,2}(?:\.5)?", "a number such as 42"),
    "jacket": (r"XXS|XS|S|M|L|XL|XXL|XXXL", "one of XXS, XS, S, M, L, XL, XXL, XXXL"),
}
"""What needs a size: the pattern of one, and how it is described."""

# Prices in euros of Europe. Limits that people set lie between the first range of a category and its last.
_PRICES: dict[Category, tuple[tuple[int, int], ...]] = {
    "shoes": ((190, 260), (80, 110), (25, 34)),
    "jacket": ((240, 350), (100, 140), (30, 42)),
    "headphones": ((220, 380), (60, 90), (12, 16)),
    "backpack": ((160, 230), (50, 70), (12, 16)),
    "book": ((110, 160), (18, 28), (6, 9)),
    "toy": ((130, 190), (25, 40), (6, 9)),
    "coffee beans": ((90, 120), (16, 24), (5, 8)),
    "rice cooker": ((210, 330), (60, 90), (14, 18)),
    "lamp": ((180, 280), (40, 60), (8, 12)),
}
_MAKES = ("Alder", "Basalt", "Cirrus", "Delta", "Ember", "Fjord", "Gale", "Heron", "Indigo", "Juniper", "Kite", "Lark")


class Offer(NamedTuple):
    product_id: str
    category: Category
    name: str
    price: int | float
    size: str | None


class Shopping(Keeping):
    name: ClassVar[str] = "shopping"
    collections: ClassVar[dict[str, str | None]] = {"orders": "order_id"}

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._by_id: dict[str, Offer] = {}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.find_products, self.order_product)

    # A limit differs with what is bought, which no field of a persona can be named for: it is the caller's to give.
    def find_products(
        self,
        category: Category,
        size: Annotated[str | None, BeforeValidator(as_text), FromPersona("life.shoe_size")] = None,
        max_price: float | None = None,
    ) -> JsonValue:
        """Find products of a category.

        Args:
            category: What kind of product.
            size: The size, needed for shoes (a number) and for a jacket (S, M, L and so on).
            max_price: The most that it may cost.
        """
        fitting = self._offers(category, _sized(category, size))
        within = [offer for offer in fitting if max_price is None or offer.price <= max_price]
        if not within:
            raise Refused(
                f"max_price: nothing fits for at most {max_price:g}; the cheapest costs {fitting[-1].price:g}"
            )
        self._look_up("find_products", category=category, size=fitting[0].size, max_price=max_price)
        return listed(offer._asdict() for offer in within)

    def order_product(self, product_id: str, city: Annotated[str, HOME]) -> JsonValue:
        """Order a product and have it delivered.

        Args:
            product_id: The product, from find_products.
            city: The city to deliver to.
        """
        offer = self._by_id.get(product_id)
        if offer is None:
            raise Refused(f"product_id: there is no {product_id!r}; take one that find_products returns")
        return self._keep("orders", **offer._asdict(), city=said(city, "city"))

    def _offers(self, category: Category, size: str | None) -> list[Offer]:
        """What there is of a category, in the order in which a search finds it: the dear first."""
        draw = self._draw("shopping", category, self.setup.currency)
        makes = draw.sample(_MAKES, len(_PRICES[category]))
        key = "-".join([*category.split(), *([size.lower()] if size else [])])
        offers = [
            Offer(f"{key}-{number}", category, f"{make} {category}", price_in(self.setup.currency, price), size)
            for number, (make, price) in enumerate(
                ((make, draw.randint(*prices)) for make, prices in zip(makes, _PRICES[category], strict=True)), start=1
            )
        ]
        self._by_id.update((offer.product_id, offer) for offer in offers)
        return offers


def _sized(category: Category, size: str | None) -> str | None:
    """The size of a product; None where it has none.

    Raises: Refused where one is needed, or another.
    """
    if category not in SIZES:
        return None
    pattern, described = SIZES[category]
    if size is None:
        raise Refused(f"size: {category} needs a size, {described}")
    if not re.fullmatch(pattern, size.strip(), re.IGNORECASE):
        raise Refused(f"size: {category} comes in no size {size!r}; give {described}")
    return size.strip().upper()
