"""Small talk: sentences that speak of nothing but the talk itself, its beginning and its end, or that only ask.

"I'm doing well, thanks", "I was wondering, how do tides work?", "I need to go now": nothing in them is a fact of the
speaker's life, so no model need be asked what it is. A single word beyond those of talk makes a sentence worth reading.
"""

from __future__ import annotations

import re
from functools import cache

from aipersona.grounding.words import words_of

_TALK = """
    am are be been being do doing does did done have has had go going gone get getting got come coming say said tell
    told let make makes making take taking put keep stay just really actually still also very quite pretty so too well
    fine good great okay ok alright better nice lovely wonderful amazing awesome fantastic excellent perfect fun cool
    interesting fascinating intriguing curious curiosity glad happy pleased sorry sure certain true right exactly
    definitely absolutely totally completely certainly indeed yes yeah yep no nope maybe perhaps honestly
    thank thanks appreciate appreciated grateful welcome please cheers help helped helpful helping assist assistance
    support hope hoping hoped look looking forward see seeing hear hearing listen talk talking chat chatting
    conversation discussion discuss discussed discussing speak speaking explain explained explanation clarify share
    shared sharing mention mentioned ask asked asking answer answered question wonder wondering wondered curious think
    thinking thought guess believe feel feeling know knew knowing understand understood understanding agree agreed
    disagree consider considered realize realized imagine learn learned learning information insight insights detail
    details idea ideas point points topic topics subject thing things something anything everything nothing stuff matter
    way ways kind sort bit lot little much many more most some any all other another same different new next last first
    day days week morning afternoon evening night today tonight now later soon time moment minute far already again
    always never ever usual usually regular normal busy ordinary typical quiet casual task tasks work step steps one
    start starting started begin beginning end ending finish leave leaving head heading off out sign log step bye
    goodbye farewell hello hi hey there here ready wait care enjoy enjoyed enjoying pleasure mind opinion
    perspective view sense clear need want would could can should will may might must try trying back forth around
    through over about until then hadn't haven't didn't don't wasn't isn't can't couldn't wouldn't I'm I've I'd I'll
    me my mine we us our you your it its that this these those what how why when where which who if whether
    as at by for from in into of on to up with and or but because since than great deal whole entire long short quick
    reach else case wow oh ah hm hmm
"""
_ASKING = re.compile(
    r"^\W*(?:(?:well|so|hey|hi|hello|okay|ok|yes|yeah|actually|oh|hmm|wow)\b\W*)*(?:there\W+)?"
    r"(?:speaking of [^,]{1,40},\s*)?"
    r"(?:(?:i\s*(?:was|am|'m|'ve been|have been)\s+)?(?:just\s+|also\s+|really\s+|now\s+)*"
    r"(?:wondering|curious|asking myself)"
    r"|i wonder|(?:it|that|this)(?: (?:really|also|just))? makes (?:me|you|one) (?:\w+ )?(?:wonder|think|curious))\b",
    re.IGNORECASE,
)
_OF_ONESELF = re.compile(
    r"\b(?:i|my|mine|we|our|ours|(?:like|for|with|of) (?:me|us)|as an?|given|(?<!human )being|living|working)\b",
    re.IGNORECASE,
)
"""What asks of the speaker, or says more of them, may well state something."""

_OF_LIFE = re.compile(
    r"\bi(?:'m|'ve| am| have)?\s+(?:(?:just|still|also|usually|always|only|never)\s+)*(?:don't |do not )?"
    r"work(?:s|ed|ing)?\b(?!\s+(?:on|through|with|out|it|this|that|my way)\b)"
    r"|\b(?:looking for|look for|started|start|begin|lost|found|got|have|out of|off|at|from|into) (?:new )?work\b"
    r"|\b(?:on leave|time off|days? off|off (?:today|tomorrow|on|this|next|until|for))\b"
    r"|\b(?:every|most) (?:day|night|morning|afternoon|evening|week)s?\b"
    r"|\b(?:at night|nights|mornings|evenings|afternoons|weekdays)\b"
    r"|\busually\b(?!\s+(?:think|feel|wonder))"
    r"|\bi(?:'m| am) (?:well off|leaving(?!\W*$| now)|learning(?! a lot| so much| more| something| new))"
    r"|\b(?:he|him|his|she|her)\b"
    r"|\b(?:want|prefer|like|keep|make|need)\b.{0,40}\b(?:answers|explanations|details)\b"
    r"(?<!more details)(?<!the details)(?<!your answers)(?<!your explanations)"
    r"|\b(?:keep|make) (?:your|the|all) (?:answers|explanations)\b",
    re.IGNORECASE,
)
"""Ways in which words of talk state something of a life: work, hours, who else is in it, how one wants answers."""

_CHINESE = re.compile(
    r"\s*(?:(?:好的?|嗯+|哦|啊|是的?|对|行|可以|当然|谢谢(?:你|您)?(?:的?(?:帮助|建议|分享|解释|回答|介绍|提醒))?|多谢|感谢(?:你|您)?|不客气"
    r"|没关系|没问题|明白了?|懂了|知道了|我(?:也)?(?:明白|懂|知道|同意|理解|觉得(?:也)?(?:是|对|不错))了?|再见|拜拜|回头见|下次(?:再)?聊|先这样"
    r"|我先走了|我得走了|我(?:要|该)走了|你好|您好|早上好|晚上好|晚安|我很好|我还(?:好|行|不错)|挺好的|没什么|没有了|就这些)[，。！、~\s]*)+"
)


def is_small_talk(sentence: str) -> bool:
    """Whether a sentence says nothing beyond the talk that it is part of, as no words at all do."""
    plain = sentence.replace("’", "'")
    if _CHINESE.fullmatch(plain):
        return True
    asking = _ASKING.match(plain)
    if asking is not None and _OF_ONESELF.search(plain[asking.end() :]) is None:
        return True
    if _OF_LIFE.search(plain):
        return False
    words = words_of(re.sub(r"'(?:s|re|ve|d|ll|m)\b", "", plain))
    return words <= _talk() and not re.search(r"\d", plain)


@cache
def _talk() -> frozenset[str]:
    return words_of(_TALK.replace("'", ""))
