"""What a statement says in words so plain that a model that left it out can be corrected: likings, duties, dates.

In: one sentence. Out: the thing liked or disliked, or the task, as the words have it. Only the first person, only a
thing or task with a name of its own: "I love jazz", "I need to renew my passport"; not "I like that", "I need to go".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.grounding import words_of

MOST_WORDS = 6
"""The words that a plainly liked thing has at most."""

_ADVERBS = (
    r"(?:(?:really|actually|also|still|just|always|absolutely|definitely|truly|totally|simply|generally|particularly|"
    r"especially|recently|lately|quite|so|never|have|been|am)\s+)*"
)
_LIKING = re.compile(
    rf"\bi(?:'ve|'m)?\s+{_ADVERBS}(?:(?:grown|come|started|starting|learned|begun) to\s+)?"
    r"(?:love|like|enjoy|adore|prefer|dislike|hate|detest|loathe|can't stand|cannot stand|don't like|do not like"
    r"|enjoying|loving|liking|(?:really |so |very )?(?:into|fond of|drawn to|keen on)"
    r"|(?:a |not a )?(?:\w+ )?fan of)\s+"
    r"(?P<thing>[\w\"'*][^,;:.!?()—–]{1,60})",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\s+(?:when|because|since|as|so|but|and|or|while|where|which|who|that|than|if|for|lately|recently|these days|now"
    r"|nowadays|anymore|too|more|most|much|a lot|very|these|in (?:general|particular)|at the moment)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_BEGINS = re.compile(
    r"^(?:(?:the (?:idea|thought|concept|feeling) of|visiting|experiencing|watching|listening to|travell?ing (?:to|in)"
    r"|reading(?: (?:\w+ )?(?:about|by|on))?)\s+)+",
    re.IGNORECASE,
)
_NO_THING = re.compile(
    r"^(?:it|its|that|this|them|they|those|these|you|your|him|her|his|he|she|their|how|what|when|where|who|why|the way"
    r"|to|a|an|some|any|one|all|every|both|each|more|most|my|our|me|being|having|doing|everything|anything|something"
    r"|things?|stuff|talking|chatting|learning|hearing|seeing|thinking|exploring|discussing|knowing|finding|working"
    r"|trying|getting|making|using|sharing|keeping|taking|staying|going)\b",
    re.IGNORECASE,
)
_LIKING_CHINESE = re.compile(
    r"我(?:也|都|很|非常|特别|真的|一直|比较|最|超|挺|还是)*(?:喜欢|热爱|钟爱|讨厌|不喜欢|受不了)(?:吃|喝|听|看|去|玩)?"
    r"(?P<thing>[^\s，。！？；、,.!?;你我他她它这那]{1,12})(?=[，。！？；,.!?;]|$)"
)
_DUTY = re.compile(
    r"\bi(?:'ve)?\s+(?:(?:actually|also|still|really|just|definitely|first|do)\s+)*(?:need to|have to|got to|must)\s+"
    r"(?:(?:actually|also|still|really|just|finally|quickly)\s+)*(?P<task>(?P<verb>[a-z]+)\s+[^,;:.!?()—–]{3,80})",
    re.IGNORECASE,
)
_DUTY_CHINESE = re.compile(
    r"我(?:还|也|真的|今天|明天|后天|今晚|这周|下周|这个月|下个月|周末)*(?:得|必须|需要|有必要)(?:先|赶紧|尽快|记得)?"
    r"(?:在?[^，。！？；在得要]{1,8}(?:之前|以前|前))?(?:去)?(?P<task>[^\s，。！？；、,.!?;的得你我他她它这那]{2,14})(?=[，。！？；,.!?;]|$)"
)
_IDLE_CHINESE = re.compile(r"走|睡|想|说|承认|下线|问|知道|了解|休息|先|看看|忙|考虑|学会|努力|注意")
_DUTY_ENDS = re.compile(
    r"\s+(?:so|but|because|since|and (?:i|then|it)|which|before i|while|if|though)\b.*$", re.I | re.S
)
_IDLE = re.compile(
    r"go|get|be|run|leave|head|say|admit|agree|ask|know|understand|think|learn|see|sleep|sign|log|wrap|take|catch|step"
    r"|keep|stop|start|focus|try|make|wait|consider|rest|relax|hear|talk|chat|find|figure|let|give|move|do|have|come|feel"
    r"|look|stay|deal|cope|balance|decide|remind|note|mention|thank|apologize|disagree|rely|trust|accept|face|work|use"
    r"|hurry",
    re.IGNORECASE,
)
"""Verbs of talk and of everyday going on, which make no task of their own."""

_EDITING = re.compile(
    r"add|update|remove|change|delete|modify|edit|draft|write|create|record|note|track|include|correct|adjust|revise",
    re.IGNORECASE,
)
_WRITTEN = re.compile(
    r"\b(?:notes?|lists?|calendar|reminders?|e-?mails?|text|posts?|proposals?|documents?|details?|information|titled|section"
    r"|recipients?|agenda|schedule|tasks?|entry|entries|preferences?|profile|thoughts?)\b",
    re.IGNORECASE,
)
"""What one asks an assistant to write or to change: a request, and no task of one's own."""

_NO_OBJECT = re.compile(
    r"^(?:it|that|this|them|him|her|you|myself|more|about|on|with|how|what|why|if|whether|something|someone|somebody)\b",
    re.IGNORECASE,
)
_APPOINTMENT = re.compile(
    r"\bi(?:'ve)?\s+(?:(?:actually|also|still|just)\s+)*(?:have|got)\s+(?P<event>(?:an?\s+|my\s+|our\s+)?[^,;:.!?()—–]{3,60}?)"
    r"\s+(?:coming up|scheduled|planned|booked|on|in|at|tomorrow|tonight|today|this|next)\b",
    re.IGNORECASE,
)
_NO_EVENT = re.compile(
    r"^(?:(?:an?|my|our|the)\s+)?(?:lot|few|couple|ton|to\b|been|had|done|made|gone|seen|heard|no|not|it|that|this|some"
    r"|any|time|work|plans?|things?|stuff|idea|goal|report|task|deadline|trouble|fun|problem|question|faith|interest|lots)\b"
    r"|^\w+(?:ed|en|ing)\b",
    re.IGNORECASE,
)


def plain_appointments(sentence: str) -> Iterator[str]:
    """What the speaker has ahead, as written: "I have Dad's birthday coming up on July 27th". Its day is read apart."""
    plain = sentence.replace("’", "'")
    if plain.rstrip().endswith(("?", "？")):
        return
    for found in _APPOINTMENT.finditer(plain):
        event = found["event"].strip(" \"'")
        if not _NO_EVENT.match(event) and words_of(event):
            yield re.sub(r"^(?:an?|my|our|the)\s+", "", event, flags=re.IGNORECASE).replace('"', "")


def plainly_liked(sentence: str) -> Iterator[str]:
    """The things that the speaker plainly likes or dislikes, as written; which of the two is for others to read."""
    plain = sentence.replace("’", "'")
    if plain.rstrip().endswith(("?", "？")):
        return
    for found in _LIKING.finditer(plain):
        thing = _BEGINS.sub("", _ENDS.sub("", found["thing"])).strip(" \"'*")
        if thing and not _NO_THING.match(thing) and len(thing.split()) <= MOST_WORDS and words_of(thing):
            yield thing
    for found in _LIKING_CHINESE.finditer(plain):
        yield found["thing"]


def plain_duties(sentence: str) -> Iterator[str]:
    """The tasks that the speaker plainly has to do: a verb and what it is done to, as written."""
    plain = sentence.replace("’", "'")
    if plain.rstrip().endswith(("?", "？")):
        return
    for found in _DUTY.finditer(plain):
        task = _DUTY_ENDS.sub("", found["task"]).strip()
        done_to = task[len(found["verb"]) :].strip()
        asked_for = _WRITTEN.search(done_to) and _EDITING.fullmatch(found["verb"])
        if not asked_for and not _IDLE.fullmatch(found["verb"]) and not _NO_OBJECT.match(done_to) and words_of(done_to):
            yield task
    for found in _DUTY_CHINESE.finditer(plain):
        if not _IDLE_CHINESE.match(found["task"]):
            yield found["task"]
