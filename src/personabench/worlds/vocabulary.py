"""The closed sets of values that worlds, lives and their writers share; how they are said in a language, the writers'
material says."""

from __future__ import annotations

from typing import Literal, get_args

Diet = Literal[
    "vegetarian", "vegan", "pescatarian", "halal", "kosher", "gluten-free", "lactose-free", "low-carb",
]  # fmt: skip
Cuisine = Literal[
    "italian", "chinese", "japanese", "thai", "indian", "mexican", "french", "greek", "turkish", "korean",
    "vietnamese", "ethiopian", "lebanese", "spanish", "steakhouse", "seafood",
]  # fmt: skip
Genre = Literal[
    "jazz", "classical", "rock", "pop", "hip-hop", "electronic", "folk", "country", "metal", "blues", "reggae",
    "opera", "soul", "bossa nova", "flamenco",
]  # fmt: skip
Topic = Literal[
    "photography", "gardening", "chess", "football", "running", "cycling", "hiking", "yoga", "painting", "pottery",
    "cooking", "theatre", "cinema", "astronomy", "birdwatching", "knitting", "woodworking", "board games", "swimming",
    "climbing", "dancing", "calligraphy", "fishing", "sailing", "tennis", "badminton", "table tennis", "poetry",
    "history", "robotics", "baking", "surfing",
]  # fmt: skip
Product = Literal["shoes", "jacket", "headphones", "backpack", "book", "toy", "coffee beans", "rice cooker", "lamp"]
Seat = Literal["window", "aisle"]
Mode = Literal["train", "flight", "bus"]
Unit = Literal["celsius", "fahrenheit"]
Room = Literal["living room", "bedroom", "kitchen", "study"]
BudgetFor = Literal["dinner", "shoes", "gifts", "groceries", "trips"]
"""What people set a limit of spending for: one dinner, one pair of shoes, one gift, a week's groceries, one trip."""

DIETS: tuple[Diet, ...] = get_args(Diet)
CUISINES: tuple[Cuisine, ...] = get_args(Cuisine)
GENRES: tuple[Genre, ...] = get_args(Genre)
TOPICS: tuple[Topic, ...] = get_args(Topic)
PRODUCTS: tuple[Product, ...] = get_args(Product)
SEATS: tuple[Seat, ...] = get_args(Seat)
BUDGETS: tuple[BudgetFor, ...] = get_args(BudgetFor)
