"""What a statement says in words so plain that a model that left it out can be corrected: likings, duties, dates.

In: one sentence. Out: the thing liked or disliked, or the task, as the words have it. Only the first person, only a
thing or task with a name of its own: "I love jazz", "I need to renew my passport"; not "I like that", "I need to go".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aipersona.grounding import words_of
from aipersona.grounding.text_work import EDITING, WRITTEN

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
    r"\s+(?:when|because|since|as|so|but|and|or|while|where|which|who|that|than|over|rather|instead|better|best|if|for"
    r"|lately|recently|these days|now"
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
_TO_WHAT = re.compile(r"\s+to\b.*$", re.IGNORECASE | re.DOTALL)
"""What a thing is preferred to."""

_AT_HAND = re.compile(
    r"^(?:the\s+)?(?:option|number|version|variant|choice|answer|suggestion|plan|idea|point|part|step|one|title|tone|ending"
    r"|design|layout|style|wording|look|sound|result|draft)s?\b"
    r"|\b(?:one|ones|version|option|suggestion|paragraph|sentence|draft|variant|reply|answer)s?$"
    r"|^the\s+(?:\w+ly\s+)?(?:first|second|third|last|latter|former|other|next|new|same|current|previous|rest)\b"
    r"|\b(?:this|that|these|those|it|you|yours?)\s*$"
    r"|第[一二三四五六七八九十\d]|^(?:最后|上面|下面|新的?)一?|(?:版本?|方案|段|句|版|标题|结尾|语气|主意)$",
    re.IGNORECASE,
)
"""What is before both in the talk, such as one of several answers: to like it says nothing of other days."""

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
    r"我(?:还|也|真的|今天|明天|后天|今晚|这周|下周|这个月|下个月|周末)*(?:得(?![了到过奖分病知意罪出益以逞手胜志救])|必须|需要|有必要)(?:先|赶紧|尽快|记得)?"
    r"(?:在?[^，。！？；在得要]{1,8}(?:之前|以前|前))?(?:去)?(?P<task>[^\s，。！？；、,.!?;的得你我他她它这那]{2,14})(?=[，。！？；,.!?;]|$)"
)
_IDLE_CHINESE = re.compile(
    r"走|睡|回家|出门|吃饭|洗手间|厕所|上厕所|洗澡|想|说|承认|下线|问|知道|了解|休息|先|看看|忙|考虑|学会|努力|注意"
)
_DUTY_ENDS = re.compile(
    r"\s+(?:so|but|because|since|and (?:i|then|it)|which|before i|while|if|though)\b.*$", re.I | re.S
)
_IDLE = re.compile(
    r"go|get|be|run|leave|head|say|admit|agree|ask|know|understand|think|learn|see|sleep|sign|log|wrap|take|catch|step"
    r"|keep|stop|start|focus|try|make|wait|consider|rest|relax|hear|talk|chat|find|figure|let|give|move|do|have|come|feel"
    r"|look|stay|deal|cope|balance|decide|remind|note|mention|thank|apologize|disagree|rely|trust|accept|face|work|use"
    r"|hurry|emphasi[sz]e|stress|express|confess|appreciate|wonder|clarify|point|gather|process|pick|grab",
    re.IGNORECASE,
)
"""Verbs of talk and of everyday going on, which make no task of their own."""

_ON_THE_SPOT = re.compile(
    r"write|rewrite|rephrase|paraphrase|summari[sz]e|translate|proofread|format|cite|generate|create|design|build|explain"
    r"|describe|define|compare|calculate|compute|convert|solve|prove|derive|cent(?:er|re)|install|implement|code|debug|fix"
    r"|parse|plot|draw|list|sort|count|reply|respond|answer|brainstorm",
    re.IGNORECASE,
)
_ON_THE_SPOT_CHINESE = re.compile(
    r"(?:重)?写|改写|修改|翻译|总结|概括|解释|说明|生成|创建|设计|计算|比较|转换|证明|安装|调试|回复|回答|列出|画|帮|一[个份张些段篇种]"
)
"""What an assistant does in the talk itself: a request, unless the words say when it has to be done."""

_LATER = re.compile(
    r"\b(?:by|before|until|due|deadline|tomorrow|tonight|today|this|next|on)\s+(?:the\s+)?(?:end\b|\w*day\b|week|weekend|month"
    r"|morning|afternoon|evening|night|\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b)"
    r"|\b(?:tomorrow|tonight|deadline)\b|之前|以前|明天|后天|今晚|周末|截止|[下这]个?(?:周|星期|月)",
    re.IGNORECASE,
)
_NOT_STATED = re.compile(
    r"(?:\b(?:not|never|doubt\w*|myth|false|untrue|wrong|nobody|no one|whether|why|when|if|unless|how|mean|means"
    r"|suppos\w+|thought|wish\w*|dream\w*|imagin\w+|pretend\w*|claims?|claimed|rumou?r)\b|n't\b)"
    r"(?:(?!\b(?:but|and|so|though|because|since|much|now)\b)[^,;.!?()]){0,30}$"
    r"|\b(?:says|said|saying|reads|goes)\W*$"
    r"|\b(?:is|are|was|reads?|says?|goes?|string|sentence|prompt|text|line|caption|title)\s*:\W*$"
    r"|\b(?:do|did|should|would|had|were)\s+$",
    re.IGNORECASE,
)
"""Words before "I" that deny, ask, wonder at or hand on what comes after it."""

_EDITING = re.compile(rf"{EDITING}|record|note|track", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"\b(?:{WRITTEN}|notes?|lists?|calendar|reminders?|text|documents?|details?|information|titled|section|agenda|schedule"
    r"|tasks?|entry|entries|preferences?|profile|thoughts?)\b",
    re.IGNORECASE,
)
"""What one asks an assistant to write or to change: a request, and no task of one's own."""

_NO_OBJECT = re.compile(
    r"^(?:it|that|this|them|him|her|you|myself|more|about|on|with|how|what|why|if|whether|something|someone|somebody)\b",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^\W*(?:what|which|who|how|is|are|does|do|can|could|would|please|translate|write|correct|rewrite)\b[^:]{0,80}:"
    r"|\b(?:for|from|by|to|of) (?:my|an?|our|his|her|the) [^:,]{1,40}:"
    r"|[^\s,],$",
    re.IGNORECASE,
)
"""Words before "I" that bring in what another says, or a text to work on; a comma without a space is of a table."""

_PLAY = re.compile(
    r"\brole-?play|\bpretend\b|\bmake believe\b|\bact(?:ing)? (?:as|like)\b"
    r"|\bplay(?:ing)? (?:the|an?) (?:\w+ )?(?:role|part|character)\b"
    r"|\bi(?:'m| am|'ll| will)\s+(?:going to\s+)?(?:play|be|playing)\s+(?:the \w+\s*[.,!]|(?-i:[A-Z]\w+ [A-Z]\w+))"
    r"|\b(?:in|for) (?:our|this|the|my|a) (?:\S+ ){0,2}(?:campaign|story|d&d|game)\b"
    r"|\bmock interview|\bcontinue (?:the|this|my) (?:story|tale|text)"
    r"|\b(?:here's|here is|tell you|it's|that's) (?:a|my|one) (?:\w+ )?joke\b"
    r"|扮演|假装|造句|续写|接着写",
    re.IGNORECASE,
)
"""Words that set up a game, which lasts."""

_TEXT_FOLLOWS = re.compile(
    r"\b(?:here(?:'s| is| are)|this is|below (?:is|are)|following|examples?|sentences?|text"
    r"|e-?mail|letter|essay|poem|lyrics|post|review|forum|translat\w+|proofread\w*)\b[^.!?\n]{0,60}:"
    r"|(?:以下|下面|翻译|润色|修改|例句|邮件|原文)[^。！？\n]{0,20}[:：]",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^[ \t]*(?:(?:best|kind|warm|many)(?: (?:regards|wishes|thanks))?|regards|sincerely|yours(?: \w+)?|cheers|love"
    r"|此致|敬上),?[ \t]*\n",
    re.IGNORECASE | re.MULTILINE,
)
"""The last line of a letter but its name: whose letter it is does not show."""

_TO_COME = re.compile(
    r"\b(?:translat\w+|proofread|correct|rewrite|fix)\b[^.!?]{0,60}:\s*$"
    r"|\bi(?:'ll| will| am going to|'m going to) (?:send|give|paste|type|write|show)\b[^.!?]{0,40}"
    r"\b(?:sentences?|texts?|e-?mails?|phrases?|lines|words|messages?|letters?)\b|(?:翻译|润色|修改)[^。！？]{0,20}[:：]\s*$",
    re.IGNORECASE,
)
"""Words after which a message brings a text to work on."""

_OF_THE_MIND = re.compile(
    r"^(?:my|our)\s+(?:\w+\s+)?(?:thoughts?|head|mind|breath|eyes|attention|patience|temper)\b|^attention\b",
    re.IGNORECASE,
)
"""What a task of ordinary speech is done to that is no task ("gather my thoughts")."""

_APPOINTMENT = re.compile(
    r"\bi(?:'ve)?\s+(?:(?:actually|also|still|just)\s+)*(?:have|got)\s+(?P<event>(?:an?\s+|my\s+|our\s+)?[^,;:.!?()—–]{3,60}?)"
    r"\s+(?:(?P<set>coming up|scheduled|planned|booked)|on|in|at|tomorrow|tonight|today|this|next)\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:appointments?|meet-?(?:ings?|ups?)|calls?|interviews?|exams?|tests?|dates?|flights?|part(?:y|ies)|weddings?|birthdays?"
    r"|anniversar(?:y|ies)|lunch|dinner|breakfast|brunch|class(?:es)?|lessons?|sessions?|conferences?|concerts?|games?"
    r"|match(?:es)?|shows?|trips?|check-?ups?|visits?|presentations?|events?|webinars?|workshops?|trainings?|reviews?|hearings?"
    r"|reservations?|ceremon(?:y|ies)|reunions?|retreats?|dentist|doctor|haircut|surgery|operation|shifts?|rehearsals?|tours?"
    r"|festivals?|races?|marathons?|demos?|pitch|stand-?ups?|tournaments?|seminars?|lectures?|consultations?|funeral|graduation"
    r"|gatherings?|celebrations?|performances?|auditions?|launch|screening|recital|vaccination|inspection|delivery|viewing"
    r"|evaluations?|check-?ins?|kick-?offs?|sync|gala|fundraiser|picnic|barbecue|hike|practice)\b",
    re.IGNORECASE,
)
"""What takes place at a time; anything else that one "has today" is in one's hands, or a state."""

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
        if not is_stated(plain[: found.start()]) or not (found["set"] or _EVENT.search(event)):
            continue
        if not _NO_EVENT.match(event) and words_of(event):
            yield re.sub(r"^(?:an?|my|our|the)\s+", "", event, flags=re.IGNORECASE).replace('"', "")


def plainly_liked(sentence: str) -> Iterator[str]:
    """The things that the speaker plainly likes or dislikes, as written; which of the two is for others to read."""
    plain = sentence.replace("’", "'")
    if plain.rstrip().endswith(("?", "？")):
        return
    for found in _LIKING.finditer(plain):
        said = _TO_WHAT.sub("", found["thing"]) if "prefer" in found[0].lower() else found["thing"]
        thing = _BEGINS.sub("", _ENDS.sub("", said)).strip(" \"'*")
        if not is_stated(plain[: found.start()]) or _AT_HAND.search(said.strip()) or _AT_HAND.search(thing):
            continue
        if thing and not _NO_THING.match(thing) and len(thing.split()) <= MOST_WORDS and words_of(thing):
            yield thing
    for found in _LIKING_CHINESE.finditer(plain):
        if not _AT_HAND.search(found["thing"]):
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
        asked_for = asked_for or (_ON_THE_SPOT.fullmatch(found["verb"]) and not _LATER.search(plain))
        if not is_stated(plain[: found.start()]) or _OF_THE_MIND.match(done_to):
            continue
        if not asked_for and not _IDLE.fullmatch(found["verb"]) and not _NO_OBJECT.match(done_to) and words_of(done_to):
            yield task
    for found in _DUTY_CHINESE.finditer(plain):
        asked_for = _ON_THE_SPOT_CHINESE.match(found["task"]) and not _LATER.search(plain)
        if not asked_for and not _IDLE_CHINESE.match(found["task"]):
            yield found["task"]


_DIET = re.compile(
    rf"\b(?:i|we)(?:'ve|'m|'re| have| am| are)?\s+{_ADVERBS}"
    r"(?:(?:gone|went|turned|become|became|switched to|started eating|eat|eating|on|now)\s+){0,2}"
    r"(?:only\s+)?(?:(?:an?|the)\s+)?"
    r"(?P<diet>vegan|vegetarian|pescatarian|flexitarian|halal|kosher|keto|paleo|low-carb|low-fat|plant-based"
    r"|(?:gluten|lactose|dairy|sugar)-free)\b"
    r"(?!\s+(?:friend|restaurant|place|recipe|dish|option|menu|food blog|shop|cook)\w*)",
    re.IGNORECASE,
)
_EMPLOYER = re.compile(
    rf"(?:\b(?:i|we)(?:'ve|'m| have| am)?\s+{_ADVERBS}"
    r"(?:work(?:ing)?|started(?:\s+work(?:ing)?)?|signed|employed)\s+(?:now\s+)?(?:at|for|with|by)"
    r"|\bmy (?:new )?employer is|\bfirst (?:days?|weeks?|months?) at)"
    r"\s+(?:the\s+)?(?P<name>(?-i:[A-Z])[\w&'-]*+(?: (?:(?-i:[A-Z&])[\w&'-]*+|of|and|de|el|la)){0,4}+)(?!\s*\d)",
    re.IGNORECASE,
)


def plain_diets(sentence: str) -> Iterator[str]:
    """The diets that the speaker plainly says to keep, as written."""
    yield from _plainly(_DIET, "diet", sentence)


def plain_employers(sentence: str) -> Iterator[str]:
    """Whom the speaker plainly says to work for, as written."""
    yield from _plainly(_EMPLOYER, "name", sentence)


def _plainly(form: re.Pattern[str], what: str, sentence: str) -> Iterator[str]:
    plain = sentence.replace("’", "'")
    if not plain.rstrip().endswith(("?", "？")):
        yield from (found[what] for found in form.finditer(plain) if is_stated(plain[: found.start()]))


def is_stated(before: str) -> bool:
    """Whether the words before "I" in a sentence leave what comes after them stated: no denial, question or report."""
    return _NOT_STATED.search(before[-120:]) is None and _INTRODUCED.search(before[-300:]) is None


def is_set_up(content: str, words: str, earlier: Iterable[str]) -> bool:
    """Whether a message, or one of the speaker's before it, made what its words say a game or a text to work on.

    Such words may still be meant, which a model can see; what has only their form to go by stays away from them.
    """
    before = content.partition(words)[0]
    if _PLAY.search(content) or _TEXT_FOLLOWS.search(before) or _SIGNED.search(content):
        return True
    return any(_PLAY.search(text) or _TO_COME.search(text) for text in earlier)
