"""Telling: a persona, the story of a field, revisions, answers and the schema, each as a page for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from aipersona.cli import wording
from aipersona.cli.options import Options
from aipersona.cli.printing import Page
from aipersona.explaining import Explanation, Step
from aipersona.persona.claims import Claim, Question, value_key
from aipersona.persona.edits import Edit
from aipersona.persona.model import slot_of
from aipersona.persona.query import QueryAnswer
from aipersona.persona.revisions import Rejected, Revision
from aipersona.persona.view import PersonaView
from aipersona.schema.fields import FieldSpec, Schema


def tell_persona(view: PersonaView, schema: Schema, options: Options) -> None:
    """What holds, section by section, with since when; records as tables."""
    page = Page()
    page.title(f"{view.user_id}, revision {view.revision}, as of {view.as_of}")
    order = {section: index for index, section in enumerate(dict.fromkeys(spec.section for spec in schema.fields))}

    def place(path: str) -> tuple[int, int, str]:
        return order.get(path.partition(".")[0], len(order)), schema.order.get(path, len(schema.order)), path

    held = {path: view.claims(path) for path in sorted(view.persona.by_path, key=place)}
    held = {path: claims for path, claims in held.items() if claims}
    if not held:
        page.line("nothing is known")
    scalars = [path for path, claims in held.items() if claims[0].kind != "records"]
    width = max((2 * path.count(".") + len(_leaf(path)) for path in scalars), default=0)
    above: tuple[str, ...] = ()
    for path, claims in held.items():
        above = _headings(page, above, tuple(path.split(".")[:-1]))
        _tell_held(page, path, claims, view, width)
    if view.persona.questions:
        page.line()
        many = wording.counted(len(view.persona.questions), "open question")
        page.line(f"{many}: {options.command('questions', view.user_id)}")


def _headings(page: Page, before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """Write the parts of a path that are new."""
    same = 0
    while same < min(len(before), len(now)) and before[same] == now[same]:
        same += 1
    for depth, word in enumerate(now[same:], start=same):
        if depth == 0:
            page.line()
        page.line(word, indent=2 * depth, style="bold")
    return now


def _tell_held(page: Page, path: str, claims: Sequence[Claim], view: PersonaView, width: int) -> None:
    indent = 2 * path.count(".")
    if claims[0].kind == "records":
        page.line(_leaf(path), indent=indent, style="cyan")
        columns = list(dict.fromkeys(name for claim in claims for name in claim.row))
        rows = [
            [claim.record_id or "", *(_cell(claim.row.get(name)) for name in columns), _since(claim, view)]
            for claim in claims
        ]
        page.table(["row", *columns, "known"], rows, indent=indent + 2)
        return
    for number, claim in enumerate(claims):
        label = _leaf(path) if number == 0 else ""
        text = wording.value_text(claim.value)
        page.pair(label, text, indent=indent, width=width - indent, note=_since(claim, view, brackets=True))


def _since(claim: Claim, view: PersonaView, *, brackets: bool = False) -> str:
    parts = [wording.days(claim.valid_from, claim.valid_to)]
    if claim.authority != "told":
        parts.append(wording.KNOWN[claim.authority])
    if claim.is_stale(view.as_of):
        parts.append("may be out of date")
    text = ", ".join(part for part in parts if part)
    return f"({text})" if text and brackets else text


def tell_why(explanation: Explanation, revisions: Sequence[Revision], options: Options) -> None:
    """The story of a field, newest first: each value with its words, its days, what it replaced and its undo."""
    page = Page()
    page.title(f"{explanation.path} of {explanation.user_id}, as of {explanation.as_of}")
    if not explanation.steps:
        page.line("nothing is known about it")
    edits = {revision.number: len(revision.edits) for revision in revisions}
    for step in explanation.steps:
        page.line()
        _tell_step(page, step, explanation, edits, options)
    for question in explanation.questions:
        page.line()
        tell_question(page, question, explanation.user_id, options)


def _tell_step(page: Page, step: Step, explanation: Explanation, edits: Mapping[int, int], options: Options) -> None:
    claim, day = step.claim, explanation.as_of
    name = f"{claim.path}: " if claim.path != explanation.path else ""
    row = f" (row {claim.record_id})" if claim.record_id else ""
    state = "taken back" if claim.retracted else "" if step.holds else "not any more"
    if not claim.retracted and claim.valid_from is not None and claim.valid_from > day:
        state = "not yet"
    page.line(f"{name}{wording.value_text(claim.value)}{row}{f' ({state})' if state else ''}", style="bold")
    held = wording.days(claim.valid_from, claim.valid_to) or "at any time"
    stale = f", may be out of date since {claim.review_by}" if step.holds and claim.is_stale(day) else ""
    page.pair("holds" if step.holds else "held", f"{held}{stale}")
    times = f", {claim.confirmations + 1} times" if claim.confirmations else ""
    page.pair("known", f"{wording.KNOWN[claim.authority]}{times}, {claim.confidence:.0%} sure")
    for evidence in claim.evidence:
        page.pair("words", wording.quoted(evidence.quote))
        page.pair("said", wording.place(evidence))
    if not claim.evidence:
        page.pair("said", wording.minute(claim.said_at))
    for old in step.replaced:
        page.pair("replaced", wording.value_text(old))
    undo = claim.recorded if claim.retracted else step.undo
    others = edits.get(undo, 1) - 1
    note = f"(with {wording.counted(others, 'other change')} of revision {undo})" if others > 0 else ""
    label = "restore" if claim.retracted else "undo"
    page.pair(label, options.command("revert", explanation.user_id, undo), note=note)


def explanation_json(explanation: Explanation, options: Options) -> dict[str, object]:
    """The story of a field as JSON."""
    steps = [
        {
            **step.claim.model_dump(mode="json"),
            "holds": step.holds,
            "replaced": list(step.replaced),
            "revision": step.undo,
            "undo": options.command("revert", explanation.user_id, step.undo),
        }
        for step in explanation.steps
    ]
    return {
        "user_id": explanation.user_id,
        "field": explanation.path,
        "as_of": explanation.as_of.isoformat(),
        "steps": steps,
        "questions": [question.model_dump(mode="json") for question in explanation.questions],
    }


def tell_question(page: Page, question: Question, user_id: str, options: Options, now: Sequence[Claim] = ()) -> None:
    """A conflict, and the commands that settle it."""
    page.line(f"question {question.id}: {question.path}", style="bold")
    for claim in now:
        page.pair("now", wording.value_text(claim.value), note=f"({wording.KNOWN[claim.authority]})")
    page.pair("proposed", wording.value_text(question.proposed), note=f"({wording.KNOWN[question.authority]})")
    for evidence in question.evidence:
        page.pair("words", wording.quoted(evidence.quote), note=f"({wording.place(evidence)})")
    page.pair("accept", options.command("questions", user_id, "--accept", question.id))
    page.pair("keep", options.command("questions", user_id, "--keep", question.id))


def tell_log(user_id: str, revisions: Sequence[Revision], *, rejected: bool, options: Options) -> None:
    """Every revision, oldest first."""
    page = Page()
    if not revisions:
        page.line(f"{user_id} has no revision yet")
    before: dict[str, Edit] = {}
    for number, revision in enumerate(revisions):
        if number:
            page.line()
        tell_revision(page, revision, before, rejected=rejected, options=options, user_id=user_id)
        before.update({f"{revision.number}.{index}": edit for index, edit in enumerate(revision.edits)})


def tell_revision(
    page: Page, revision: Revision, before: Mapping[str, Edit], *, rejected: bool, options: Options, user_id: str
) -> None:
    """One revision: its accepted edits with their words, and the rejected ones with their reasons."""
    head = f"revision {revision.number}, {wording.minute(revision.at)}, {wording.authorship(revision)}"
    page.line(head, style="bold")
    for edit in revision.edits:
        for verb, statement, words in wording.edit_lines(edit, before):
            page.pair(verb, statement, width=8, note=words)
    if not revision.edits:
        page.line("nothing changed", indent=2)
    if revision.rejected and not rejected:
        hint = options.command("log", user_id, "--rejected")
        page.pair("rejected", str(len(revision.rejected)), width=8, note=f"({hint})")
    for refused in revision.rejected if rejected else ():
        tell_rejected(page, refused)
    if cost := wording.cost(revision):
        page.pair("model", cost, width=8)


def tell_rejected(page: Page, refused: Rejected) -> None:
    """A proposal that was not accepted: why, what it was, from which words."""
    why = refused.reason.replace("_", " ") + (f" ({refused.detail})" if refused.detail else "")
    value = f" {wording.value_text(refused.value)}" if refused.value is not None else ""
    words = wording.quoted(refused.quote) if refused.quote else ""
    page.pair("rejected", f"{why}: {refused.op} {refused.path}{value}", width=8, note=words, style="dim")


def tell_diff(old: PersonaView, new: PersonaView) -> None:
    """What holds differently between two revisions."""
    page = Page()
    page.title(f"{old.user_id}, revision {old.revision} to {new.revision}, as of {old.as_of}")
    before, after = _by_slot(old), _by_slot(new)
    lines = 0
    for slot in sorted(before.keys() | after.keys()):
        was, now = before.get(slot), after.get(slot)
        if was is not None and now is not None and value_key(was.value) == value_key(now.value):
            continue
        lines += 1
        if was is None and now is not None:
            page.pair("+", wording.claim_text(now), indent=0, width=1, style="green")
        elif now is None and was is not None:
            page.pair("-", wording.claim_text(was), indent=0, width=1, style="red")
        elif was is not None and now is not None:
            text = f"{wording.claim_text(now)}, was {wording.value_text(was.value)}"
            page.pair("~", text, indent=0, width=1, style="yellow")
    if not lines:
        page.line("nothing differs")


def _by_slot(view: PersonaView) -> dict[tuple[str, str], Claim]:
    return {(claim.path, slot_of(claim)): claim for claim in view.persona.all_holding(view.as_of)}


def tell_answer(answer: QueryAnswer) -> None:
    """Rows as a table, figures with their units."""
    page = Page()
    if answer.measure == "rows":
        if not answer.rows:
            page.line("no rows")
            return
        columns = [name for name in dict.fromkeys(name for row in answer.rows for name in row) if name != "id"]
        rows = [[str(row.get("id")), *(_cell(row.get(name)) for name in columns)] for row in answer.rows]
        page.table(["row", *columns], rows)
        return
    rows = [
        [
            wording.value_text(figure.group) if figure.group is not None else "",
            " ".join(str(part) for part in (figure.value, figure.unit) if part is not None) or "none",
            wording.counted(figure.rows, "row"),
        ]
        for figure in answer.figures
    ]
    page.table(["group", answer.measure, "of"], rows)


def tell_fields(schema: Schema) -> None:
    """The declared fields, and the sections in which more may be learned."""
    page = Page()
    rows = [[spec.path, _holds(spec), spec.sensitivity, spec.description] for spec in schema.fields]
    page.table(["field", "holds", "sensitivity", "description"], rows)
    if schema.open_sections:
        page.line()
        page.line(f"More fields may be learned in {', '.join(schema.open_sections)}.")
    page.line("Fields of sensitivity special are kept only with AIPERSONA_SPECIAL=true.")


def _holds(spec: FieldSpec) -> str:
    if spec.kind == "records":
        return f"rows: {', '.join(spec.columns)}"
    kind = f"one of {', '.join(spec.choices)}" if spec.choices else spec.type
    return f"several: {kind}" if spec.kind == "set" else kind


def _cell(value: JsonValue) -> str:
    return "" if value is None else wording.value_text(value)


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]
