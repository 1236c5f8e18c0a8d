"""Messages to the contacts of the setup (`contacts`: rows with a name, and a relation where it is known)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pydantic import JsonValue

from personabench.worlds.given import plain, said
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.protocol import Refused, WorldTool


class Messages(Keeping):
    name: ClassVar[str] = "messages"
    collections: ClassVar[dict[str, str | None]] = {"contacts": None, "messages": None}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.send_message, self.find_contact)

    def send_message(self, to: str, text: str) -> JsonValue:
        """Send a message to a contact.

        Args:
            to: The contact's name.
            text: What the message says.
        """
        wanted = plain(to)
        for contact in self._rows["contacts"]:
            if wanted and plain(str(contact.get("name", ""))) == wanted:
                return self._keep("messages", to=contact["name"], text=said(text, "text"))
        count = len(self._rows["contacts"])
        raise Refused(f"to: {to!r} is none of the {count} contacts; find_contact says whether a name is")

    def find_contact(self, name: str) -> JsonValue:
        """Find contacts by name.

        Args:
            name: A name, or a part of it.
        """
        words = set(plain(said(name, "name")).split("-"))
        self._look_up("find_contact", name=name)
        return listed(row for row in self._rows["contacts"] if words <= set(plain(str(row.get("name", ""))).split("-")))
