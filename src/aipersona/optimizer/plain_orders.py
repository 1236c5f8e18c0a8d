"""Lasting orders about answers, which no question need be asked of a model for: "from now on keep your answers short".

In: a session. Out: drafts for the fields that hold what the user wants of answers. Only what is wanted from now on, or
of answers in general: "make it shorter" is of one answer. The value stands in the words, as the gate will have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aipersona.grounding.own_words import own_spans
from aipersona.grounding.sentences import sentences
from aipersona.grounding.text_work import works_on_text
from aipersona.optimizer.draft import DraftEdit
from aipersona.schema.fields import Schema
from aipersona.sessions.model import Session, Turn

_LASTING = re.compile(
    r"\b(?:from (?:now|here) on(?:wards?)?|in (?:the )?future|always|every time|new rule|for good)\b"
    r"|\b(?:your|all) (?:answers|replies|responses|explanations)\b|\b(?:talk|speak|write) to me\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:not|never|neither|nor|less|stop|if|whether|this (?:one|time)|she|he|they|told|said|says|asked)\b"
    r"|n't\b|\?\s*$",
    re.IGNORECASE,
)
"""Words beside which it is denied, asked, of one answer only, or somebody else's order."""

_OF_ANSWERS = r"(?:your |all (?:your )?|the |my )?(?:answers|replies|responses|explanations|messages|it|things)"
_LENGTH = re.compile(
    rf"\b(?:keep|make|give me|want|prefer|i'd like)\s+(?:{_OF_ANSWERS}\s+)?(?:\w+\s+(?:and\s+)?)??"
    r"(?P<value>short|long)\b"
    r"|\b(?P<again>short|long)(?:\s+and\s+\w+)?\s+(?:answers|replies|responses|explanations)\b",
    re.IGNORECASE,
)
_TONE = (
    r"formal|informal|casual|warm|friendly|kind|polite|direct|blunt|funny|humorous|playful|serious|encouraging|patient"
    r"|professional|matter-of-fact|cheerful|gentle|strict|honest|sarcastic|dry"
)
_STYLE = re.compile(
    r"\b(?:be|sound|stay|talk to me|keep (?:it|your (?:answers|tone|replies)))\s+(?:\w+\s+){0,2}?"
    rf"(?P<value>{_TONE})\b"
    rf"|\b(?:an?|keep an?|use an?)\s+(?P<again>{_TONE})\s+(?:tone|style|voice)\b",
    re.IGNORECASE,
)
_FORMS = {"preferences.response_length": _LENGTH, "preferences.response_style": _STYLE}


def plain_orders(session: Session, schema: Schema) -> Iterator[DraftEdit]:
    """Drafts for what the user plainly orders of all answers to come, in the order in which it was said."""
    for turn in session.user_turns:
        if works_on_text(turn.content):
            continue
        own = own_spans(turn.content)
        for sentence in sentences(turn.content):
            if any(span.start <= sentence.start and sentence.end <= span.end for span in own):
                yield from _ordered(turn.content[sentence.start : sentence.end], turn, session, schema)


def _ordered(words: str, turn: Turn, session: Session, schema: Schema) -> Iterator[DraftEdit]:
    plain = words.replace("’", "'")
    if not _LASTING.search(plain) or _OTHER.search(plain):
        return
    for path, form in _FORMS.items():
        spec, found = schema.get(path), form.search(plain)
        if spec is None or not spec.requested or found is None:
            continue
        yield DraftEdit(
            op="set",
            path=path,
            value=(found["value"] or found["again"]).lower(),
            session_id=session.session_id,
            turns=(turn.number,),
            quote=words,
            reason="ordered in plain words",
        )
