"""Whose fact an English clause states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aipersona.grounding.english_moods import is_request
from aipersona.grounding.kin import BEINGS, FIRST_NAMES, NOT_RELATIONS, RELATIONS
from aipersona.grounding.readings import Subject
from aipersona.grounding.spans import Span

Owner = tuple[Subject, str | None]
"""A subject, and the words for the other person where there are any."""

_Kind = Literal["self", "relation", "other", "you", "being", "thing", "named"]


@dataclass(frozen=True, kw_only=True)
class Noun:
    """A word for somebody in a clause, as its subject or the subject of a clause within it."""

    kind: _Kind
    at: Span
    words: str | None = None


_NAME = r"(?-i:[A-Z][\w'’-]{1,20})"
_POSSESSIVE = r"(?:my|our|his|her|their)"
_REL = (
    rf"{_POSSESSIVE}\ (?:own\ )?(?:[\w-]+\ ){{0,2}}?{RELATIONS.replace(' ', chr(92) + ' ')}(?![\w-])"
    rf"(?!(?:'s)?\ {NOT_RELATIONS.replace(' ', chr(92) + ' ')})"
)
_SOME = (
    r"(?:an?|the|this|some|many|most|(?:both|all|one|some|most|two|three|none|each|half)\ of\ (?:my|our)|"
    r"a\ few|two|a\ lot\ of)\ (?:[\w-]+\ ){0,1}?"
    rf"{RELATIONS.replace(' ', chr(92) + ' ')}(?![\w-])(?:\ of\ (?:mine|ours|my\ \w+))?"
)
_BARE = (
    r"(?:mom|mum|mommy|dad|daddy|grandma|grandpa|granny|nana|hubby|wifey)"
    r"(?='s\ |\ (?:is|was|has|had|likes|loves|wants|lives|works|said|says|hates|got|turned|will|can|can't|just|"
    r"doesn't)\b)"
)
_NOUNS = re.compile(
    rf"""
    (?P<both>\b(?:{_REL}(?:\ {_NAME})?|he|she|{_NAME})\ and\ (?:i|me|myself)\b(?!')|\b(?:me|i)\ and\ (?:{_REL}|him
        |her|{_NAME}))
    | \b(?P<relation>{_REL}|{_SOME}|{_BARE})(?P<of>'s|')?
    | \b(?P<being>(?:my|our)\ (?:\w+\ )?{BEINGS})\b
    | (?<![\w'])(?P<self>(?:i|we)(?:'m|'ve|'d|'ll|'re)?|im|ive)(?![\w'])(?!\.\w)
    | \b(?P<other>he|she|they|someone|somebody|people|everyone|everybody|nobody|the\ (?:guy|man|woman|girl|boy
        |person|kid)s?
        |this\ (?:guy|man|woman|girl|boy|person))(?:'s|'re|'ve|'d|'ll)?\b
    | \b(?P<you>(?:you|u|ya)(?!\ (?:know|see|guys)\b))(?:'re|'ve|'d|'ll)?\b
    | \b(?P<thing>it|this|that|there)(?:'s|'ll|'d|(?=\s(?:is|was|will|would|has|makes?|seems?|means|reminds|works
        |are|were)\b))
    """,
    re.I | re.X,
)
_NAMED = re.compile(
    r"^(?:(?:and|but|so|because|since|while|well|oh|yes|no|ok|btw|turns out|also)[, ]{1,2}){0,3}"
    r"(?P<name>(?-i:[A-Z])[\w’-]{1,20})(?: (?-i:[A-Z])[\w’-]{1,20})?(?P<of>['’]s)? "
    r"(?:(?:also|just|really|always|never|still|recently) )?(?P<verb>\w+(?:'t)?)\b",
    re.I,
)
_PERSONAL_LIST = """
    works lives loves likes hates eats drinks prefers wants enjoys moved married says said told thinks believes
    wrote plays studies speaks doesn't diet birthday wife husband mom dad kids
"""
_PERSONAL = frozenset(_PERSONAL_LIST.split())
_BEING_VERBS_LIST = """
    is was has had isn't wasn't can can't got went used just
"""
_BEING_VERBS = frozenset(_BEING_VERBS_LIST.split())
_OBJECT = re.compile(
    r"\b(?:with|for|to|of|from|at|by|about|like|than|without|near|after|before|around|on|in|and|or|meet|"
    r"meeting|visit|visiting|"
    r"see|seeing|love|loves|miss|told|tell|gave|give|ask|asked|help|helping|call|called|take|taking|bought|buy|"
    r"get|got|have|"
    r"has|had|remind|invite|invited|marry|met|know|let|drove|teach|taught|bring|brought|being|am|i'm|be|not|as|"
    r"i've|become|became|was|is|were|are|want|need|makes?|made|makes it|'m|join|joining|texted|text|hate|see|"
    r"saw|raised|raise|against)\s{1,2}$"
)
_YOU_PLACE = re.compile(
    r"(?:^|\b(?:and|but|so|or|if|that|when|as|because|since|what|how|where|why|do|did|does|don't|didn't|can|"
    r"could|would|"
    r"will|should|are|were|have|had|once|like|think|thought|know|hope|remember|who|which|well|ok|yes|no)[,]?\s)$"
)
_TAKES_CLAUSE = re.compile(
    r"\b(?:that|think|thinks|thought|say|says|said|saying|knows?|knew|believes?|hopes?|wish|if|when|while|"
    r"where|because|since|"
    r"whether|what|how|why|told me|tells me|guess|heard|mention|mentioned|forget|forgot|remember|sure|realized|"
    r"so|but|until|"
    r"though|although|means|turns out|and|which)[,:]?\s{1,2}$"
)
_SAYING = re.compile(
    r"^.{0,25}?\b(?:says?|said|saying|tells?|told|thinks?|thought|claims?|claimed|insists?|insisted|believes?|"
    r"believed|suggests?|"
    r"suggested|recommends?|recommended|calls?|called|keeps? (?:saying|telling|calling)|reckons?|swears?|"
    r"assumes?|assumed|"
    r"jokes?|joked|asks?|asked|wants?|wanted|wrote|writes|advised|advises|texted|worr(?:ies|ied)|expects?|"
    r"(?:is|are|was) convinced)\b"
)
_YOU_SAID = re.compile(
    r"^(?:'ve)? (?:just |also |already |once |have )?(?:said|told|mentioned|think|thought|say|claimed|called)\b"
)
_WHAT_IS_SAID = re.compile(
    r"(?: (?:me|us|him|her|them|you|everyone|everybody|anyone|people|to me|to everyone|my \w+|yesterday|today|again|"
    r"always|"
    r"(?:the other|one|last|this) \w+)){0,3}(?:,|:| that| like| how)?,? ?(?:(?:i|i'm|im|i've|i'd|"
    r"my|we|we're|he|he's|"
    r"she|she's|they|they're|it|it's|you|you're|not)\b|(?<=me )to\b|(?<=us )to\b|(?<=call me )|(?<=called me ))"
)
_HEARSAY = re.compile(
    r"\baccording to\b(?! (?:me|my (?:calendar|plan|schedule|budget))\b)|\b(?:apparently|supposedly|allegedly|"
    r"rumou?r has it|word is)\b|\bi(?:'ve| have) (?:\w+ )?been (?:\w+ )?told\b|\bi(?:'m| am| was) (?:\w+ )?told\b|"
    r"\bi(?:'ve)? (?:heard|read) (?:that )?(?:i|i'm|my)\b|\bsaid to be\b"
)
_SAYS_I = re.compile(
    r"\b(?:says?|said|thinks?|thought|claims?|claimed|suggests?|shows?|wrote(?: down)?|noted(?: down)?|recorded|"
    r"believes?|assumes?|assumed|"
    r"insists?|insisted|jokes?|joked|swears?|guessed) (?:that )?(?:i|i'm|im|we|we're|my)\b"
)
_WRITTEN_ON = re.compile(
    r"(?:my|our) (?:\w+ )?(?:t-?shirt|shirt|hoodie|jumper|mug|cap|hat|badge|sticker|tattoo|profile|bio|file|account|"
    r"record|"
    r"horoscope|avatar|status|card|tag|poster|costume)\b"
)
_VOICED = re.compile(
    r"(?:\b(?:goes|go|went|begins|starts|started|ends|was|were|is|(?:was|were|is|be) like|reads|to|into|with))"
    r"(?: just| all| basically)? (?:i'm|i am|i've|im)\b"
)
_CONCLUDED = re.compile(
    r"^(?!.{0,120}\b(?:i|we|i've|we've)\b.{1,120}\b(?:i'm|i am)\b)(?:.{0,60}\b)?(?:the|an?|some\w*|every\w+|my|our|"
    r"his|her|their|he|she|"
    r"they|you)\b.{0,60}(?<!is)(?<!are)(?<!was)(?<!were)(?<!so)(?<!very)(?<!'s)(?<!really)(?<!be) "
    r"(?!know|reali[sz]|notic|discover|learn|remember|accept|confirm|need)\w+(?:ed|ote|ought)(?: down|"
    r" up)?(?: that)? (?:i'm|i am)\b"
    r"|^(?:please )?(?:stop|quit|don't|do not|never) (?!forget|worry|mind|"
    r"think that just)(?:\w+ ){1,3}?(?:that )?(?:i'm|i am)\b"
    r"|^(?:please )?forget (?:that |what |when )?i (?:said|told|wrote)\b"
)
"""What others concluded or wrote of the speaker, and what the assistant is told not to believe."""

_OWN_HEAD = re.compile(
    r"\b(?:i|i'm|we|me|myself|fact|truth|thing|point|problem|news|reason|update|result|bottom line|upshot|secret|part|"
    r"version|answer is|because)\b|^(?:(?:and|so|but|well|now|oh) )*(?:it|it's|that|that's|this|why|how|what|there)\b|"
    r"^(?:my|our) (?!\w+'s)|^[^a-z]*$"
)
_POSTED = re.compile(
    r"\b(?:(?:posted|texted|tweeted|wrote|messaged|e-?mailed|replied|commented|answered|captioned|announced|blogged|"
    r"dm'?d|(?<!being )(?<!that )(?<!having )said|"
    r"shouted|yelled|sent (?:(?:me|us|round|out|everyone) )?(?:an? |the )?(?:text|message|e-?mail|mail|note|letter|"
    r"postcard|dm))\b"
    r".{0,40}|(?:status|caption|bio|title|headline|motto|slogan|answer|reply|text|message|tweet|post|mail|letter|"
    r"update)"
    r"(?: \w+){0,2} (?:was|is|said|says|read|reads|went|goes))$"
)
_ASIDE = re.compile(r"^(?:(?:and|so|then|just|also|finally|yesterday|today|already|recently|now|well|ok)[ ,]*)+")
_BY_ME = re.compile(
    r"(?:^|\b)(?:i|we|i've|i'd|we've)(?: \w+){0,2}$|^(?:my|our)$|(?:should|could|must|forgot)(?: \w+){0,2}$"
)
_DONE_TO_ME = re.compile(
    r"\b(?:diagnosed|promoted|hired|prescribed|fired|transferred|elected|accepted|referred|named|laid) (?:me|"
    r"us)\b|\boffered me\b"
)
_FOR_SOMEONE = re.compile(
    rf"""
    \b(?:cook|mak|made|buy|bought|order|get|got|look|find|book|need|shop|search|plan|want|choos|pick|prepar|bak|gift|
        present|recipe|idea|ask|sew|knit|send|sent)\w*\b.{{0,60}}\bfor\ (?:{_REL}|an?\ friend|him|her|them
            |someone)(?!\w)
    | \bfor\ (?:{_REL}|an?\ friend|him|her|them),?\ (?:\w+\ )?(?:i|we)\ (?:cook|make|buy|get|need|prepare|bake|order)
    """,
    re.X,
)
_MINE = re.compile(r"\b(?:my|mine|our|ours|me|us|myself|i|we|i'm|i've)\b")
_MY_OWN = re.compile(
    rf"^(?:(?:and|but|so|because|since|while|though|also|now|well|oh|yes|ok)[, ]{{1,2}}){{0,3}}"
    rf"((?:my|our)\ (?!(?:[\w-]+\ ){{0,2}}?{RELATIONS}(?![\w-])(?!(?:'s)?\ {NOT_RELATIONS})|"
    rf"(?:\w+\ )?{BEINGS}\b)[\w-]+)"
)
_ABOUT_SOMETHING = re.compile(
    r"^(?:(?:and|but|so|because|since|while|though|also|now|well|oh|yes|ok)[, ]{1,2}){0,3}"
    r"(?:(?:the|an?|these|those|this|that|some|most|many|all|every|his|her|their|both|each)\b.{1,80}?"
    r"|(?!(?:name|age|diet|budget|job|height|weight|birthday|hometown|goal|address|favou?rite|allergies|"
    r"hobbies|currently|still|now|"
    r"just|always|never|never been|not|been|actually|recently|really|also)\b)[\w'-]+ (?:[\w'-]+ ){0,4}?)\b"
    r"(?:is|are|was|were|has|will|would|can|could|does|did|isn't|aren't|wasn't|may|might|must|should|says|said|"
    r"means|makes|made|"
    r"needs|provides|offers|includes|contains|requires|works|lives|likes|loves|prefers|wants|eats)\b"
)
_OPINION = re.compile(
    r"\b(?:great|amazing|awesome|the best|beautiful|delicious|awful|boring|terrible|stunning|fantastic|"
    r"wonderful|overrated|underrated|"
    r"incredible|perfect|fun|too \w+|gorgeous|cool|lovely|fascinating|favou?rite|yummy|gross|disgusting|"
    r"the worst|brilliant)\b"
)
_ORDER = re.compile(
    r"^(?:please |pls |ok,? |okay,? |then |also |now |so |and |hey,? |hi,? |thanks,? )*(?:recommend|suggest|"
    r"tell|give|find|show|"
    r"write|explain|list|help|compare|translate|search|book|create|make|describe|draft|imagine|teach|generate|"
    r"answer|act|"
    r"pretend|check|look up|calculate|summari[sz]e|design|prepare|let's|let)\b"
)


def is_order(clause: str) -> bool:
    """Whether the clause tells the assistant to do something other than keep a record."""
    return _ORDER.match(clause) is not None


def nouns(clause: str, written: str) -> list[Noun]:
    """The subjects in a clause in order; `clause` is in lower case, `written` the same as the speaker wrote it."""
    found: list[Noun] = []
    named = _named(written)
    if named is not None:
        found.append(named)
    mine = _MY_OWN.match(clause)
    if mine is not None and named is None:
        found.append(Noun(kind="self", at=Span(mine.start(1), mine.end())))
    for match in _NOUNS.finditer(clause if named is None else " " * named.at.end + clause[named.at.end :]):
        kind = match.lastgroup if match.lastgroup != "of" else "relation"
        at = Span(match.start(), match.end())
        if kind in {"both", "self"}:
            found.append(Noun(kind="self", at=at))
        elif kind == "relation" and _in_subject_place(clause, at, found):
            found.append(Noun(kind="relation", at=at, words=match.group("relation")))
        elif kind == "being" and _in_subject_place(clause, at, found):
            found.append(Noun(kind="being", at=at))
        elif kind == "other" and _in_subject_place(clause, at, found):
            found.append(Noun(kind="other", at=at))
        elif kind == "you" and _YOU_PLACE.search(clause[: at.start]):
            found.append(Noun(kind="you", at=at))
        elif kind == "thing" and _in_subject_place(clause, at, found):
            found.append(Noun(kind="thing", at=at))
    return found


def owner(clause: str, subjects: Sequence[Noun], span: Span, inherited: Owner) -> Owner:
    """Whose fact the words in the span are, given the clause's subjects and the owner of the clause before."""
    inner = _inside_relation(clause, span)
    if inner is not None:
        return "other", inner
    if not subjects and _ABOUT_SOMETHING.match(clause) and not _MINE.search(clause) and not _OPINION.search(clause):
        return "unclear", None
    if not subjects:
        return ("self" if _MINE.search(clause) else "unclear", None) if is_order(clause) else inherited
    before = [noun for noun in subjects if noun.at.end <= span.start]
    noun = before[-1] if before else subjects[0]
    if noun.kind == "self":
        return ("unclear", None) if _FOR_SOMEONE.search(clause) else ("self", None)
    if noun.kind in {"relation", "named", "other"}:
        if _DONE_TO_ME.search(clause):
            return "self", None
        if re.search(r"\b(?:me|us)\b", clause[noun.at.end :]) and not re.search(
            r"\b(?:with|than|like|from) (?:me|us)\b", clause
        ):
            return "unclear", None
        if noun.kind == "named" and noun.words is None:
            return ("self" if _MINE.search(clause) else "unclear"), None
        return "other", noun.words
    if noun.kind == "you":
        mine = is_request(clause) or re.search(r"\b(?:my|mine|our|me|us)\b", clause) is not None
        return ("self" if mine else "other"), None
    if noun.kind == "thing":
        return ("self", None) if _MINE.search(clause) else inherited
    return "unclear", None


def is_reported(clause: str, subjects: Sequence[Noun], span: Span) -> bool:
    """Whether somebody else is named as the source of what the clause says."""
    if _HEARSAY.search(clause) is not None or _voiced(clause) or _CONCLUDED.search(clause) is not None:
        return True
    for noun in subjects:
        if noun.kind in {"relation", "other", "named", "you"} and noun.at.start < span.end:
            saying = (_YOU_SAID if noun.kind == "you" else _SAYING).match(clause[noun.at.end :])
            if saying is not None and _WHAT_IS_SAID.match(clause[noun.at.end + saying.end() :]):
                return True
    says = _SAYS_I.search(clause)
    return says is not None and not any(
        noun.kind == "self" and noun.at.start < says.start() and not _WRITTEN_ON.match(clause[noun.at.start :])
        for noun in subjects
    )


def _voiced(clause: str) -> bool:
    """Whether a first person comes as the words of something that is not the speaker's: "he goes I'm late"."""
    voiced = _VOICED.search(clause)
    return voiced is not None and _OWN_HEAD.search(clause[: voiced.start() + 1]) is None


def introduces(clause: str) -> bool:
    """Whether a clause ends on somebody else's message or words, so that a first person after it is theirs.

    "My sister texted", "Bob posted on his page", "Her status was"; not "I texted my sister".
    """
    posted = _POSTED.search(clause)
    if posted is None:
        return False
    head = _ASIDE.sub("", clause[: posted.start()]).strip()
    return bool(head) and _BY_ME.search(head) is None


_SOMEONE = re.compile(r"\b(?:the|an?|that|this|those|these|some|any|every|all) (?:[\w-]+ ){0,2}[\w-]+,?\s*$")


def antecedent(before: str, written: str) -> Owner:
    """Whose a clause with "who" is, from the words before it: of whom they end with, else of whom they name last."""
    for match in re.finditer(rf"\b(?P<relation>{_REL}|{_SOME})(?:\ {_NAME})?,?\s*$", before, re.I | re.X):
        return "other", match.group("relation")
    name = re.search(r"\b([A-Z][\w’-]{1,20}),?\s*$", written)
    if name is not None and name.group(1).lower() not in {"i", "i'm"}:
        return "other", name.group(1)
    if re.search(
        r"\b(?:me|i|myself|us)(?: am)?,?\s*$|\b(?:i'm|i am) (?:someone|a \w+|the (?:one|person|type|"
        r"kind))[\w ]{0,30}$",
        before,
    ):
        return "self", None
    people = list(re.finditer(rf"\b(?:{_REL}|{_SOME})", before, re.I | re.X))
    if people:
        return "other", people[-1][0]
    someone = _SOMEONE.search(before)
    if someone is None:
        return "unclear", None
    of_myself = re.search(r"\b(?:i'm|i am|we're|we are|as)\b[^,;]*$", before[: someone.start()])
    return ("self", None) if of_myself else ("other", None)


def _named(written: str) -> Noun | None:
    match = _NAMED.match(written)
    if match is None:
        return None
    name, verb = match.group("name").rstrip("’'"), match.group("verb").lower()
    at = Span(match.start("name"), match.end("of") if match.group("of") else match.end("name"))
    known = name.lower() in FIRST_NAMES
    if name.lower() in _NOT_NAMES or (match.group("of") is None and verb not in _PERSONAL | _BEING_VERBS):
        return None
    if known or (verb in _PERSONAL and match.group("of") is None):
        return Noun(kind="named", at=at, words=name)
    return Noun(kind="named", at=at)


_NOT_NAMES_LIST = """
    mom mum mommy dad daddy grandma grandpa granny nana hubby wifey
    i it he she we they you this that there what who where when why how my our your his her their its the a an if as
    in on at for from to and but so or not no yes just also now then here let some many most all people everyone
    someone nobody life work being having moved recently lately currently today one which whose never always still
    got had has is are was were do does did can could would will should may might im ive am used never only even
    after before since because while although though until unless both
"""
_NOT_NAMES = frozenset(_NOT_NAMES_LIST.split())


def _in_subject_place(clause: str, at: Span, found: Sequence[Noun]) -> bool:
    ahead = clause[: at.start]
    if not ahead.strip():
        return True
    if found and found[-1].kind == "self" and not _TAKES_CLAUSE.search(ahead):
        return False
    return _OBJECT.search(ahead) is None or _TAKES_CLAUSE.search(ahead) is not None


def _inside_relation(clause: str, span: Span) -> str | None:
    """The relation whose description or possession the span lies in ("my vegan friend", "my brother's diet")."""
    for match in re.finditer(rf"\b(?P<relation>{_REL})(?P<of>'s|')?(?P<rest>(?:\ [\w-]+){{0,3}})", clause, re.I | re.X):
        relation = Span(match.start("relation"), match.end("relation"))
        head = relation.start + len(_head(match.group("relation")))
        if relation.start < span.start and span.end < relation.end - 1 and span.end <= head:
            return match.group("relation")
        if match.group("of") and span.start >= relation.end and span.end <= match.end("rest"):
            return match.group("relation")
    return None


def _head(relation: str) -> str:
    """The words of a relation before its noun: "my vegan " of "my vegan friend"."""
    return relation[: relation.rfind(" ") + 1]
