"""Work on a text: what a speaker dictates for a mail, notes or a proposal is said of it, not of themselves.

Within such work only a sentence with "I" as its subject that asks for no change to the text may state a fact of their
own: "The budget of the proposal is $2,000", "We approved the merger" and "I need to update the key points" do not.
"""

from __future__ import annotations

import re

WRITTEN = (
    r"(?:e-?mails?|letters?|memos?|minutes|(?:meeting|call|lecture)?\s*notes|proposals?|(?:social media |blog "
    r"|linkedin |instagram |facebook )?posts?|press releases?|newsletters?|speech(?:es)?|announcements?"
    r"|essays?|articles?|poems?|"
    r"captions?|abstracts?|summar(?:y|ies)|agenda items|key points|talking points|action items|objectives|deliverables|"
    r"call[- ]to[- ]action|stakeholders|recipients|hashtags)"
)
EDITING = (
    r"(?:add(?:ing)?|updat(?:e|ing)|remov(?:e|ing)|delet(?:e|ing)|chang(?:e|ing)|modify(?:ing)?|edit(?:ing)?|revis(?:e|ing)"
    r"|revert(?:ing)?|draft(?:ing)?|writ(?:e|ing)|compos(?:e|ing)|rewrit(?:e|ing)|proofread(?:ing)?|polish(?:ing)?"
    r"|organi[sz](?:e|ing)|includ(?:e|ing)|adjust(?:ing)?|correct(?:ing)?|replac(?:e|ing)|creat(?:e|ing)|send(?:ing)?)"
)
_WORK = re.compile(
    rf"\b{EDITING}\b[^.!?]{{0,120}}\b{WRITTEN}\b|\b(?:e-?mail|proposal|notes|post|letter|memo)\s+(?:is\s+)?(?:titled|called)\b"
    rf"|\b(?:the|this|my) {WRITTEN}(?:'s)? (?:purpose|title|subject|is (?:for|to|about))\b"
    r"|(?:写|起草|修改|润色|更新|整理).{0,12}(?:邮件|信|提案|方案|会议记录|纪要|帖子|文章|报告|演讲稿|朋友圈)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    rf"\b(?:please\s+|(?:need|want|have|like|got)\s+(?:to\s+|help\s+|some\s+help\s+)*){EDITING}\b[^.!?]{{0,60}}?"
    rf"\b(?:{WRITTEN}|information|details?|titled|lists?|calendar|reminders?|sections?|memory)\b"
    rf"|\bplease {EDITING}\b",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"\b(?:need|want|(?:would|'d) like|ask(?:ed|ing)?|get|tell|expect|encourage)\s+"
    r"(?:them|him|her|you|everyone|everybody|people|the "
    r"\w+(?:\s\w+)?|our \w+(?:\s\w+)?)\s+to\b",
    re.IGNORECASE,
)
_I = re.compile(r"(?<![\w'])i(?:'(?:m|ve|d|ll))?\b(?!\.)|我(?!们)", re.IGNORECASE)


def works_on_text(message: str) -> bool:
    """Whether a message asks for a text to be written or changed, or says what is in it."""
    return _WORK.search(message.replace("’", "'")) is not None


def asks_for_a_change(sentence: str) -> bool:
    """Whether a sentence asks the assistant to write or change something: no task of the speaker's own."""
    return _REQUEST.search(sentence.replace("’", "'")) is not None


def wants_of_others(words: str) -> bool:
    """Whether words want somebody else to do something: "I need them to review it"."""
    return _OF_OTHERS.search(words.replace("’", "'")) is not None


def is_of_the_speaker(sentence: str) -> bool:
    """Whether a sentence that is said in the midst of such work may still be about the speaker."""
    plain = sentence.replace("’", "'")
    return _I.search(plain) is not None and not asks_for_a_change(plain) and not wants_of_others(plain)
