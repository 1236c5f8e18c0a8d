"""What a query asks for: something of the user's life, something for which their life matters, or nothing personal.

Read from the query alone and the words of the schema's fields; no model, no persona. The rules, in their order:

1. **Material is not the user.** What is quoted, pasted, fenced, or stands behind the colon of a task on a text
   ("Rewrite this: I can't come tonight"), is left out; only what remains of the message is read. Where nothing
   remains, nothing personal is asked.
2. **Frames of receiving say nothing**: "can you tell me", "I want to know", "explain it to me like I'm five", 请告诉我.
   The user is in them only as the one who gets the answer.
3. **A story with its own numbers** is a sum, whoever is in it ("I have 3 apples and eat one, how many are left?"),
   unless its question is about something of the user's ("my budget") or about now ("this month").
4. **Words about words and work on machines** ask for nothing personal: translate, spell, define; code, queries,
   commands. The I of "How do I reverse a string?" is anyone.
5. **A first person that is left** makes it the user's, and so does what has no owner but the speaker: "mum", "home",
   a wh-word with a bare infinitive ("where to eat"), a Chinese verb of need without a subject (要带伞吗).
6. **Here and now** count: tonight, Friday, this weekend, nearby, 附近. What is asked about the world holds anywhere.
7. **Texts written in the user's name** (a letter, a CV, a report) need the user; poems and jokes do not, but for
   somebody they know ("a story for Clara").
8. **To choose, plan or get** something in a field of life (what to eat, watch, buy, give, do; the fields' own words and
   cues, and the words of `matters`) is done for the user, who need not be named: "Suggest a film", 推荐几本书.
9. **A question about the world**, in the third person, or an operation on things ("list the primes") is not. But what
   it asks of somebody by name or part ("the patient"), of what was spoken of ("that report") or of any other particular
   (who won, which one, when was it) may be the user's: `tells` and `is_told` say whether the past, or what is known,
   answers it. Whoever bears the name of the user, or of somebody in their life, is theirs.
10. What is left, a bare word for instance, counts as personal: what it names may be something of the user's.
"""

from __future__ import annotations

from aipersona.purpose.gist import gist_of
from aipersona.purpose.kinds import Purpose
from aipersona.purpose.matters import implied_words
from aipersona.purpose.reading import read_purpose
from aipersona.purpose.telling import is_told, tells

__all__ = ["Purpose", "gist_of", "implied_words", "is_told", "read_purpose", "tells"]
