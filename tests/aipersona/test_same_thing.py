"""The same thing told again, under another name and with another value, is one field; like things are not."""

from __future__ import annotations

import pytest

from aipersona.optimizer.field_names import read_name
from aipersona.optimizer.same_thing import Telling, same_thing

Told = tuple[str, str, str]
"""A name, a value, the words."""

SAME: list[tuple[str, Told, Told]] = [
    (
        "names that differ in the kind of answer only",
        ("motorbike", "Honda CB500X", "My motorbike is a Honda CB500X."),
        ("motorcycle_model", "Triumph Tiger", "I ride a Triumph Tiger."),
    ),
    (
        "each name explained by the words of the other",
        ("tango_role", "follower", "I dance tango as a follower."),
        ("dance_role", "lead", "In tango I took over the lead."),
    ),
    (
        "the thing called by the same words",
        ("工位", "B区12号", "我的工位是B区12号。"),
        ("cubicle", "C区3号", "我的工位换到C区3号了。"),
    ),
    (
        "what was told before named as over",
        ("music_streaming_service", "Deezer", "I pay for Deezer."),
        ("music_subscription", "Qobuz", "We cancelled Deezer and have Qobuz for music now."),
    ),
    (
        "the thing named as it was known",
        ("espresso_machine", "Rancilio Silvia", "I have a Rancilio Silvia."),
        ("coffee_machine", "Lelit Anna", "I replaced my old espresso machine with a Lelit Anna."),
    ),
    (
        "a name that says more inside",
        ("yoga_schedule", "Wednesdays", "Yoga is on Wednesdays."),
        ("yoga_class_schedule", "Fridays", "Yoga moved to Fridays."),
    ),
    (
        "numbers of one thing",
        ("gym_locker_number", "41", "My locker at the gym is number 41."),
        ("gym_locker", "17", "They gave me locker 17 at the gym."),
    ),
]

DIFFERENT: list[tuple[str, Told, Told]] = [
    (
        "one thing sold for another that is named",
        ("car", "Skoda Octavia", "We drive a Skoda Octavia, our car."),
        ("boat", "Bavaria 37", "We sold the car, the Skoda, and our boat is a Bavaria 37 now."),
    ),
    (
        "a word of the old value beside a change of something else",
        ("heating", "wood pellet boiler", "We heat the house with a wood pellet boiler."),
        ("front_door", "Hörmann", "We changed the house, from the boiler room to the door, a Hörmann."),
    ),
    (
        "a thing and its number",
        ("phone", "Pixel 8", "My phone is a Pixel 8."),
        ("phone_number", "0171 555 01", "My phone number is 0171 555 01 now."),
    ),
    (
        "a thing and what is said of it",
        ("car", "Volvo V60", "My car is a Volvo V60."),
        ("car_colour", "green", "My car is green now."),
    ),
    (
        "amounts of other units",
        ("ebike_battery", "400 Wh", "My e-bike battery has 400 Wh."),
        ("ebike_battery_age", "3 years", "My e-bike battery is 3 years old now."),
    ),
    (
        "only what is said of things in common",
        ("garage_number", "7", "We rent garage number 7."),
        ("parking_number", "12", "I now have parking spot number 12 behind the garage."),
    ),
    (
        "a contrast in the names",
        ("home_wifi", "Lumpi", "My wifi at home is Lumpi."),
        ("work_wifi", "Turtle", "The wifi at work changed, it is Turtle."),
    ),
    (
        "a thing of the one and of the other",
        ("dog_food", "Wolfsblut", "Our dog gets Wolfsblut."),
        ("cat_food", "Carny", "Our cat gets new food, Carny."),
    ),
    (
        "somebody's name and their own",
        ("mother_name", "Ruth", "My mother is Ruth."),
        ("mother_in_law_name", "Ilse", "My mother-in-law is Ilse now."),
    ),
    (
        "a being and its name",
        ("dog", "a beagle", "We have a beagle, our dog."),
        ("dog_name", "Rex", "Our new dog is called Rex."),
    ),
    (
        "a brand and a model",
        ("bike_brand", "Cube", "My bike is a Cube."),
        ("bike_model", "Nuroad", "My new bike is a Nuroad."),
    ),
    (
        "the like and the disliked",
        ("favourite_city", "Rome", "Rome is my favourite city."),
        ("city", "Ghent", "I moved to the city of Ghent."),
    ),
]


def telling(told: Told) -> Telling:
    name, value, words = told
    return Telling(name=read_name(name), value=value, words=words)


@pytest.mark.parametrize(("before", "now"), [pair[1:] for pair in SAME], ids=[pair[0] for pair in SAME])
def test_one_thing_told_twice_is_one(before: Told, now: Told) -> None:
    assert same_thing(telling(now), telling(before))


@pytest.mark.parametrize(("before", "now"), [pair[1:] for pair in DIFFERENT], ids=[pair[0] for pair in DIFFERENT])
def test_like_things_are_two(before: Told, now: Told) -> None:
    assert not same_thing(telling(now), telling(before))
