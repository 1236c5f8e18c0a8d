"""Whether a session tells of a change in the user's life, which is learned at once: somebody who moved today asks
tomorrow where to eat. What only adds to what is known can wait for the sessions it is learned with.

In: the session. Out: yes or no, by the words of the user's own statements; a yes too many costs an earlier learning.
"""

from __future__ import annotations

import re

from aipersona.grounding.statements import own_statements
from aipersona.sessions.model import Session

_CHANGE = re.compile(
    r"\b(?:i|we|my|our)\b.*\b(?:now|no longer|any ?more|became|become|turned|switched|went|gone|quit|stopped|started"
    r"|moved|moving|changed|gave up|given up|broke up|left|lost|retired|born"
    r"|new (?:job|flat|apartment|house|home|address|number|name|boss|partner|diet|city))\b"
    r"|\b(?:new job|from now on)\b"
    r"|我.*(?:现在|不再|已经|搬|改|换|开始|戒|辞|成了|变成|退休|分手|离婚|结婚|怀孕|新(?:工作|家|房子|地址))|以后",
    re.IGNORECASE,
)


def tells_of_a_change(session: Session) -> bool:
    """Whether the user says in it that something became otherwise."""
    return any(
        _CHANGE.search(turn.content[span.start : span.end])
        for turn in session.user_turns
        for span in own_statements(turn.content)
    )
