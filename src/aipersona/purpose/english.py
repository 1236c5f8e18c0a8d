"""What a request in English asks for, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable

from aipersona.purpose import english_signs as signs
from aipersona.purpose.kinds import UNKNOWN, Purpose, circumstances, nothing, own
from aipersona.purpose.material import QUOTED
from aipersona.purpose.particulars import WORLD, asked_of_the_world

ANYBODY, WORDS = "how anybody does it", "words about words"


def read(text: str, *, material: bool, touches: Callable[[str], bool]) -> Purpose:
    """What a request in English asks for; `touches` says whether words are about a field of life."""
    text = text.replace("’", "'")
    if _is_story_sum(text):
        return nothing("a sum with its own numbers")
    said = [part for part in signs.SENTENCE_END.split(text) if any(c.isalpha() for c in part)]
    told, found = 0, list[Purpose]()
    for one in said:
        purpose = _asked_in(one, material=material, touches=touches)
        if purpose is None:
            told += signs.FIRST.search(signs.AT_HAND.sub(" ", one)) is not None
        elif purpose.by in (WORLD, ANYBODY, WORDS) and (
            told > 1 or (told and (signs.ANAPHOR.search(one) or signs.FIRST.search(one)))
        ):
            found.append(own("goes on from what the user told"))
        else:
            found.append(purpose)
    telling = [purpose for purpose in found if purpose.by != UNKNOWN] or found
    if telling:
        return next((purpose for purpose in telling if purpose.personal), telling[0])
    return own("tells of the user") if signs.FIRST.search(text) else circumstances(UNKNOWN)


def _is_story_sum(text: str) -> bool:
    if signs.SUM.search(_unframed(text)) and not signs.ASKED_OF_NOW.search(text) and len(text) < signs.LONG:
        return True
    asked = [one for one in _parts(text) if signs.QUANTITY_ASKED.search(one)]
    numbers = len(signs.NUMBER.findall(text))
    return bool(asked) and numbers >= 2 and not any(signs.ASKED_OF_NOW.search(one) for one in asked)


def _parts(text: str) -> list[str]:
    return [clause for sentence in signs.SENTENCE_END.split(text) for clause in signs.CLAUSE.split(sentence)]


def _asked_in(sentence: str, *, material: bool, touches: Callable[[str], bool]) -> Purpose | None:
    """What one sentence asks for; None where it only tells something."""
    plain = _unframed(sentence).strip(" ,")
    framed = len(plain) < len(sentence.strip(" ,"))
    if not plain.strip(" .?!"):
        return None
    if (
        framed
        and signs.PUZZLED.match(sentence.strip())
        and sentence.rstrip().endswith(".")
        and not signs.QUESTION.match(plain)
    ):
        return None if signs.POSSESSED.search(plain) else nothing("only asks")
    only_receives = framed or any(
        form.match(plain) for form in (signs.RECEIVED_BY, signs.OPERATION, signs.TASK, signs.TASK_WITH_GIVEN)
    )
    received = signs.RECEIVING.sub(" ", plain) if only_receives else plain
    others = signs.AT_HAND.sub(" ", received)
    first, possessed = signs.FIRST.search(others) is not None, signs.POSSESSED.search(others) is not None
    if _about_words(plain) and not possessed:
        return nothing(WORDS)
    if _is_about_machines(plain) and not (first and not signs.HOW_DO_I.match(plain)) and not possessed:
        return nothing("work on machines")
    if others != received and not first:
        return nothing("work on what is at hand")
    given = signs.GIVEN.search(plain) is not None
    works = signs.TASK.match(plain) and (material or given)
    works = works or (signs.TASK_WITH_GIVEN.match(plain) and given and not first)
    if works and not possessed and (material or not signs.OF_LIFE.search(plain)):
        return nothing("a task on a text")
    if signs.CREATE.match(plain):
        return _created(
            plain, first=possessed or signs.FIRST.search(received.partition(" ")[2]) is not None, touches=touches
        )
    if signs.IN_OWN_NAME.search(plain) and not signs.QUESTION.match(plain):
        return nothing("in another's name") if signs.FROM_ANOTHER.search(plain) else circumstances("in the user's name")
    if first and signs.HOW_TO.match(plain) and not (possessed or signs.HERE_AND_NOW.search(plain) or touches(plain)):
        return nothing(ANYBODY)
    if first:
        return own("first person") if _is_request(plain) else _told(sentence)
    return _without_first(plain, sentence, material=material, touches=touches)


def _created(plain: str, *, first: bool, touches: Callable[[str], bool]) -> Purpose:
    if signs.FROM_ANOTHER.search(plain):
        return nothing("in another's name")
    if signs.IN_OWN_NAME.search(plain):
        return circumstances("in the user's name")
    if first or signs.FOR_SOMEBODY.search(plain):
        return own("for somebody")
    if signs.OF_LIFE.search(plain) or (
        signs.PREPARE.match(plain) and touches(plain) and not signs.INVENTED.search(plain)
    ):
        return circumstances("a field of life")
    return nothing("free invention")


def _without_first(plain: str, sentence: str, *, material: bool, touches: Callable[[str], bool]) -> Purpose | None:
    if signs.NO_OWNER.search(plain) or signs.BARE_INFINITIVE.match(plain) or signs.HERE_AND_NOW.search(plain):
        return circumstances("here, now or the speaker's own")
    if signs.WISHED.search(plain):
        return own("what somebody they know would like")
    if signs.LEFT_OUT.search(plain) or signs.WEATHER.search(plain):
        return circumstances("left unsaid: the user's")
    if signs.AT_HAND_NOW.search(plain) and touches(plain) and not material:
        return circumstances("what the user has at hand")
    if signs.VALUED.search(plain) and touches(plain):
        return circumstances("a matter of taste")
    if signs.HOW_TO.match(plain):
        return nothing(ANYBODY)
    if signs.QUESTION.match(plain):
        return circumstances("a choice") if signs.CHOICE.search(plain) and touches(plain) else asked_of_the_world(plain)
    if signs.OF_LIFE.search(plain):
        return circumstances("a field of life")
    if signs.ATTRIBUTE.match(plain):
        return nothing(WORLD)
    if signs.OPERATION.match(plain) and not signs.CHOICE.search(plain):
        return nothing("an operation on things")
    if signs.ACT.match(plain):
        return circumstances("done for the user")
    if signs.FOR_SOMEBODY.search(plain):
        return own("for somebody")
    if signs.INVENTED.search(plain) and not signs.CHOOSE.match(plain):
        return nothing("free invention")
    if touches(plain):
        return circumstances("a field of life")
    if material and signs.GIVEN.search(plain):
        return nothing("a task on a text")
    if signs.TOLD_ALOUD.search(plain):
        return own("somebody's words to the assistant")
    if len(plain.split()) >= signs.SENTENCE and len(signs.ENGLISH.findall(plain)) > 1:
        return None if sentence.endswith(".") and not signs.CHOOSE.match(plain) else nothing("nothing of the user's")
    return circumstances(UNKNOWN)


def _told(sentence: str) -> Purpose | None:
    """A statement of the user's: only what is asked beside it decides."""
    return None if sentence.rstrip().endswith(".") else own("first person")


def _about_words(plain: str) -> bool:
    return signs.ABOUT_WORDS.search(plain) is not None or (
        QUOTED in plain and signs.SAID_OF_QUOTED.search(plain) is not None
    )


def _is_about_machines(plain: str) -> bool:
    seen = (
        signs.MACHINE.search(plain)
        or signs.CAMEL.search(plain)
        or len(set(signs.MACHINE_TOO.findall(plain.lower()))) > 1
    )
    return bool(seen) and signs.LIFE_BESIDE_MACHINE.search(plain) is None


def _is_request(plain: str) -> bool:
    return (
        signs.QUESTION.match(plain) is not None
        or signs.CHOOSE.search(plain) is not None
        or plain.rstrip().endswith("?")
    )


def _unframed(text: str) -> str:
    """The text without what only says that an answer is wanted."""
    for _ in range(6):
        match = signs.FRAME.match(text)
        if match is None or not match.group().strip():
            return text
        rest = text[match.end() :]
        if not rest.strip(" .?!,"):
            return text
        text = rest
    return text
