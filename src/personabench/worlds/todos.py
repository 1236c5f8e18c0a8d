"""A list of things to do, with those of the setup (`tasks`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from pydantic import JsonValue

from personabench.worlds.given import said
from personabench.worlds.keeping import Keeping, listed
from personabench.worlds.protocol import Refused, WorldTool


class Todos(Keeping):
    name: ClassVar[str] = "todos"
    collections: ClassVar[dict[str, str | None]] = {"tasks": "task_id"}

    @property
    def tools(self) -> Sequence[WorldTool]:
        return (self.add_todo, self.list_todos, self.finish_todo)

    def add_todo(self, task: str, due: date | None = None) -> JsonValue:
        """Add a task to the list of things to do.

        Args:
            task: What is to be done.
            due: The day by which, as YYYY-MM-DD.
        """
        by = None if due is None else self._coming(due, "due")
        return self._keep("tasks", task=said(task, "task"), due=by, done=False)

    def list_todos(self) -> JsonValue:
        """List the tasks that are not done yet."""
        self._look_up("list_todos")
        return listed(row for row in self._rows["tasks"] if not row.get("done"))

    def finish_todo(self, task_id: str) -> JsonValue:
        """Mark a task as done.

        Args:
            task_id: The task, from list_todos or add_todo.
        """
        row = self._row("tasks", task_id)
        if row.get("done"):
            raise Refused(f"task_id: {task_id!r} is done already")
        row["done"] = True
        return dict(row)
