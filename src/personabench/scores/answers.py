"""Whether a free reply is accepted, without a judge: one of the accepted answers stands in it as whole words.

The rule is that of the Berkeley Function Calling Leaderboard (version 4, memory): case, quotation marks and the
characters , . / - _ * ^ ( ) do not count, and an accepted answer must stand between word boundaries. Where the reply
holds an object with a field "answer" (or "choice"), as the leaderboard asks for, only that field counts. Its quirks are
kept, so that figures can be compared: "1.5" and "15" are the same. Three things differ: a reply without that field is
read as a whole rather than refused; an answer in a script without spaces may stand anywhere; an answer of nothing but
the characters that do not count is never accepted, rather than always.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from personabench.datasets.model import Probe
from personabench.scores.outcomes import NotApplicable, Outcome, Scored

_UNCOUNTED = re.compile(r"[,./\-_*^()\"'’‘“”]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_FIELD = re.compile(
    r"""["'](?:answer|choice)["']\s*:\s*(?:"(?P<double>(?:[^"\\]|\\.)*)\""""
    r"""|'(?P<single>.{0,2000}?)'(?=\s*(?:\}|,\s*["']\w{1,40}["']\s*:))|(?P<bare>[^\s"',}\]][^,}\]\n]*))""",
    re.DOTALL,
)
_ABSTAINS = re.compile(
    r"\b(?:(?:do not|don't|cannot|can't|did not|didn't|does not|doesn't|have not|haven't|has not|hasn't|was not|wasn't"
    r"|is not|isn't|were not|weren't|are not|aren't|never)\s+(?:\w+\s+){0,3}"
    r"(?:know|mention|mentioned|say|said|provide|provided|specify|specified|told|tell|determine|find|recorded|stated"
    r"|available|discussed|shared|recall)"
    r"|no (?:\w+\s+){0,2}(?:information|record|mention|memory|details?|data|evidence)"
    r"|not (?:enough|sufficient) information|insufficient information)\b|\A\W*(?:unknown|unanswerable|none|n/a)\W*\Z"
    r"|不知道|没有提到|沒有提到|没有提及|未提及|没有相关|無法確定|无法确定|没有记录|没有信息",
    re.IGNORECASE,
)


def answer_outcome(reply: str, probe: Probe) -> Outcome:
    """1 where the reply is accepted, or says that there is no answer where there is none; else 0."""
    if probe.absent:
        return Scored(value=float(abstains(reply)))
    if not probe.answers:
        return NotApplicable(reason="no accepted answers")
    return Scored(value=float(is_accepted(reply, probe.answers)))


def is_accepted(reply: str, answers: Sequence[str]) -> bool:
    """Whether one of the accepted answers stands in the reply."""
    structured = structured_answer(reply)
    said = _standard(reply if structured is None else structured)
    return any(_stands_in(_standard(answer), said) for answer in answers)


def answer_shown(context: str, probe: Probe) -> Outcome:
    """1 where an accepted answer stands in a context as whole words, whatever the context says of it; else 0."""
    said = _standard(context)
    return Scored(value=float(any(_stands_in(_standard(answer), said) for answer in probe.answers)))


def structured_answer(reply: str) -> str | None:
    """The field "answer" or "choice" of an object in a reply, the last one of several; None where there is none."""
    found = list(_FIELD.finditer(reply))
    if not found:
        return None
    text = next(group for group in found[-1].group("double", "single", "bare") if group is not None)
    return re.sub(r"\\(.)", r"\1", text.strip())


def abstains(reply: str) -> bool:
    """Whether a reply says that the answer is not known, by common phrases; hedging is taken for it, too."""
    structured = structured_answer(reply)
    return _ABSTAINS.search((reply if structured is None else structured).replace("’", "'")) is not None


def _standard(text: str) -> str:
    return _UNCOUNTED.sub("", text).lower().strip()


def _stands_in(answer: str, said: str) -> bool:
    if not answer:
        return False
    if _UNSPACED.search(answer):
        return answer in said
    return re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", said) is not None
