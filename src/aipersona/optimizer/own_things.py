"""Things of the user's own that their words name, with what they say of them: "my locker at the gym is number 41".

In: one sentence. Out: the thing and its value as they are written. Nothing is judged here but the form of the words;
whether they are meant, and about the user, is the gate's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NOUN = r"(?!(?:is|are|was|were|has|have|own|and|or|but|so|that|which|who|to|the|a|an|i|we|you|it|not)\b)[a-z][\w'-]*"
_THING = rf"{_NOUN}(?:\s{_NOUN}){{0,3}}?(?:\s(?:at|for|in|with|on|of)\s(?:(?:the|my|our)\s)?{_NOUN}(?:\s{_NOUN})?)?"
_VALUE = r"[^\s,;!?()\"“”].{0,80}?"
_END = (
    r"(?=\s*(?:[,;!?()]|\.(?!\d)|$)"
    r"|\s(?:and(?!\ (?-i:(?!I\b)[A-Z]))|but|so|because|since|as|while|which|who|that|in\ case|if|when|from|until"
    r"|with\ (?:the|my|our|an?)|by\ the\ way|btw)\b)"
)
_IS = rf"""
    \b(?:my|our)\s(?:own\s)?(?P<thing>{_THING})\s?(?:\s(?:is|are)|'s)\s
    (?:(?:now|currently|still|also|actually)\s)?(?!not\b|no\b|n't|so\b|very\b|too\b|being\b|getting\b|going\b)
    (?:(?:called|named|set\sto|with|at|from|by)\s)?(?:an?\s|the\s)?(?P<value>{_VALUE}){_END}
"""
_CALLED = rf"""
    \b(?:i|we)\b.{{0,40}}?\b(?:an?|my|our)\s(?P<thing>{_NOUN}(?:\s{_NOUN}){{0,2}}),?\s(?:(?:that|which)\s(?:is|are)\s)?
    (?:called|named)\s(?P<value>{_VALUE}){_END}
"""
_ENGLISH = tuple(re.compile(form, re.IGNORECASE | re.VERBOSE) for form in (_IS, _CALLED))
_CHINESE = re.compile(
    r"(?:^|[，。！？；、,\s])(?:我们?(?:在[^，。的]{1,6})?(?:家|公司|单位)?里?的?|我(?:住|用|开|骑)的)(?P<thing>[^\W\d_a-zA-Z我你他她它是的]{1,6}?)"
    r"(?:现在|目前|一直|已经|也|都|就)?(?:是|叫做?|换成了?|换到了?|改成了?)(?!不|不是)(?:一[个辆台部把只]|个)?"
    r"(?P<value>[^，。！？；,!?;\s][^，。！？；,!?;]{0,20}?)(?:的|了)?(?=[，。！？；,!?;]|$)"
)
_CURRENT = re.compile(r"^(?:(?:new|current|present|usual|brand-new)\s)+", re.IGNORECASE)
_OF = re.compile(r"\s(?:at|for|in|with|on|of)\s(?:(?:the|my|our)\s)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class OwnThing:
    """A thing and what is said of it, both as they are written, and the words of the sentence before them."""

    thing: str
    value: str
    before: str = ""

    @property
    def name(self) -> str:
        """The name of a field for the thing: "locker at the gym" as gym_locker."""
        thing, *where = _OF.split(_CURRENT.sub("", self.thing).lower(), maxsplit=1)
        return re.sub(r"\W+", "_", " ".join((*where, thing))).strip("_")


def own_things(sentence: str) -> Iterator[OwnThing]:
    """What the words say of things that they call the user's own, in order; linear in the sentence's length."""
    plain = sentence.replace("’", "'")[:1000]
    for form in _ENGLISH:
        for found in form.finditer(plain):
            yield OwnThing(thing=found["thing"], value=found["value"].strip(), before=plain[: found.start()])
    for found in _CHINESE.finditer(plain):
        yield OwnThing(thing=found["thing"], value=found["value"].strip())
