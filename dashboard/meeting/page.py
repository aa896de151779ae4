"""What does the page of meetings say: the slides of an agenda, what changed, what was decided, what was frozen?

What is written is written by the pipeline: a meeting is frozen by its command, a decision goes into its record. Both
ask for an editor where they are done.
"""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import decisions, downloads, errands, export, filters, people, tables, tiles, warehouse, words
from dashboard.meeting import agenda, changes, since, slides, stage
from dashboard.meeting.agenda import AgendaError
from dashboard.meeting.lists import gap, light, owner
from dashboard.meeting.model import Cell, Deck
from dashboard.people import NotAllowed
from dashboard.tiles import Column
from dashboard.warehouse import FROZEN, labels, table
from dashboard.words import pick, t
from data_pipeline.store import notes
from data_pipeline.store.meetings import Meeting, before, meetings, verify
from data_pipeline.store.meetings import export as zip_of

NOW = "now"
KINDS = ("decision", "note", "exception")


def frozen() -> list[Meeting]:
    """Every frozen meeting, the newest first."""
    return meetings(warehouse.here().store)[::-1]


# The slides


def choose() -> tuple[Deck, str] | None:
    """The deck of the agenda the reader picks and the address it is projected from; a mistake is said in its place.

    Of a frozen meeting it is the agenda that was frozen with it.
    """
    meeting = decisions.frozen()
    try:
        if meeting:
            return slides.deck(stage.agenda_of(meeting), meeting.name), f"m/{meeting.name}"
        names = {name: pick(agenda.load(name).title) for name in agenda.names()}
        # What is used most stands first: the monthly review.
        names = dict(sorted(names.items(), key=lambda pair: pair[0] != stage.USUAL))
        chosen = filters.option("agenda", names, t("meeting.agenda"), required=True)
        return slides.deck(agenda.load(chosen)), f"a/{chosen}"
    except AgendaError as error:
        st.error(str(error), icon=":material/edit_note:")
        return None


def present(deck: Deck, where: str) -> None:
    """Start the projector, take the deck along, and what stands on each slide."""
    meeting = decisions.frozen()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(t("meeting.start"), f"/slides/{where}?lang={deck.language}", type="primary",
                       icon=":material/play_arrow:")  # fmt: skip
        for name, form in export.FORMS.items():
            st.download_button(
                t(f"meeting.take_{name}"), functools.partial(_made, name, deck),
                f"{file_name(deck, name)}{form.suffix}", form.mime, key=f"take-{name}", type="tertiary",
                icon=":material/download:",
                on_click=lambda name=name, form=form: _taken(
                    name, meeting.name if meeting else deck.build, f"{file_name(deck, name)}{form.suffix}"
                ),
            )  # fmt: skip
    st.caption(t("meeting.keys"))
    tiles.table(
        [Column("#", "right", "3rem"), Column(t("meeting.topic"), "", "24%"), Column(t("meeting.says"))],
        [[place, slide.topic, slide.title] for place, slide in enumerate(deck.slides, start=1)],
    )


def _made(name: str, deck: Deck) -> bytes:
    """A form of a deck; the mayor's page goes by an agenda of its own."""
    if name != "briefing":
        return export.FORMS[name].make(deck)
    meeting = f"{FROZEN}{deck.meeting}" if deck.meeting else deck.build
    with warehouse.at(meeting), words.speaking(deck.language):
        return export.FORMS[name].make(slides.deck(agenda.load(export.USUAL[name]), deck.meeting))


def _taken(form: str, about: str, file: str) -> None:
    people.exported(about, file)
    st.toast(t("meeting.making", name=t(f"meeting.take_{form}")))


def file_name(deck: Deck, form: str) -> str:
    """What a file taken along is called: what it is, of which meeting or build, and that it is simulated."""
    kind = t("frame.simulated") if any(slide.simulated for slide in deck.slides) else ""
    parts = (deck.title, t(f"meeting.take_{form}"), deck.meeting or deck.build, kind)
    return downloads.file_name("_".join(part for part in parts if part))


# Since the last meeting


def spans() -> tuple[str, str, str] | None:
    """The two builds to compare, by name, and both in words: by default the last meeting, and what is looked at."""
    known = {each.name: t("meeting.named", name=each.name, day=words.day(each.date)) for each in frozen()}
    if not known:
        st.info(t("meeting.none_frozen"), icon=":material/ac_unit:")
        return None
    now = decisions.frozen()
    last = before(warehouse.here().store, now) if now else slides.last()
    usual = last.name if last else next(iter(known))
    with st.container(horizontal=True, vertical_alignment="center"):
        said = known[now.name] if now else t("meeting.now")
        old = filters.option("before", known, t("meeting.before"), listed=True, placeholder=known[usual]) or usual
        ends = {NOW: t("meeting.now"), **known}
        new = filters.option("after", ends, t("meeting.after"), listed=True, placeholder=said)
    latest = warehouse.here().name() if new in (None, NOW) else f"{FROZEN}{new}"
    told = t("meeting.from_to", before=known[old], after=said if new is None else known.get(new, t("meeting.now")))
    return f"{FROZEN}{old}", latest, told


def changed(found: changes.Changes) -> None:
    """Everything that is different, a list for each kind; the figures with correction apart from new data."""
    parts = differences(found, changes.figures(found.before, found.now))
    for name, rows in parts:
        if rows:
            st.header(t(f"meeting.part_{name}", n=words.number(len(rows))))
            tables.show(t(f"slides.changes_{name}"), rows, height="content" if len(rows) < 9 else 330,
                        simulated=found.simulated)  # fmt: skip
    if empty := [t(f"meeting.none_{name}") for name, rows in parts if not rows]:
        st.caption(t("sites.and").join(empty) + t("sentences.end"))


def differences(found: changes.Changes, moved: Sequence[changes.Moved]) -> list[tuple[str, list[dict]]]:
    """The same as lists by kind, for the page and the command alike; the heads of a row are its keys."""
    groups = [("closed", found.closed), ("added", found.added), ("suspended", found.suspended)]
    return [
        ("lights", [_flip(flip) for flip in (*found.worse, *found.better)]),
        ("works", [_came(name, row) for name, rows in groups for row in rows]),
        ("milestones", [_slip(slip) for slip in found.slips]),
        ("overdue", [_overdue(row) for row in found.overdue]),
        ("promises", [_promise(each) for each in found.promises]),
        ("missing", [_missing(row, row in found.silent) for row in found.missing]),
        ("open", listing(notes.open_decisions(decisions.recorded(), decisions.day()))),
        ("figures", [_figure(each) for each in moved]),
    ]


def message_since(found: changes.Changes) -> str:
    """The page's one sentence: what moved, counted."""
    still_open = notes.open_decisions(decisions.recorded(), decisions.day())
    return t("meeting.counts", worse=len(found.worse), better=len(found.better), closed=len(found.closed),
             added=len(found.added), slips=len(found.slips), promises=len(found.promises),
             missing=len(found.missing), open=len(still_open))  # fmt: skip


def _flip(flip: changes.Flip) -> dict:
    return {t("slides.work_head"): flip.work["title"], t("slides.was"): _light(flip.before),
            t("slides.now"): _light(flip.now), t("slides.gap"): gap(flip.work), t("slides.who"): owner(flip.work),
            t("works.number"): flip.work["work_id"]}  # fmt: skip


def _came(name: str, row: dict) -> dict:
    agency = pick(labels("agency_id").get(row["agency_id"])) or "—"
    return {t("slides.what"): t(f"slides.{name}"), t("slides.work_head"): row["title"], t("works.agency"): agency,
            t("works.budget_k"): row["budget_twd"] // 1000, t("works.number"): row["work_id"]}  # fmt: skip


def _slip(slip: changes.Slip) -> dict:
    row = slip.milestone
    name = pick(labels("milestone").get(row["milestone"])) or row["milestone"]
    return {t("slides.work_head"): row["title"], t("slides.milestone"): name, t("slides.was"): words.day(slip.before),
            t("slides.now"): words.day(slip.now), t("meeting.days_later"): slip.days,
            t("works.number"): row["work_id"]}  # fmt: skip


def _overdue(row: dict) -> dict:
    name = pick(labels("milestone").get(row["milestone"])) or row["milestone"]
    return {t("slides.work_head"): row["title"], t("slides.milestone"): name,
            t("work.planned_on"): words.day(row["planned_on"]), t("works.number"): row["work_id"]}  # fmt: skip


def _missing(row: dict, silent: bool) -> dict:
    return {t("slides.work_head"): row["title"],
            t("works.agency"): pick(labels("agency_id").get(row["agency_id"])) or "—",
            t("meeting.reported"): _light(row["reported_light"]),
            t("slides.what"): t("slides.silent") if silent else t("meeting.still_missing"),
            t("works.number"): row["work_id"]}  # fmt: skip


def _promise(each: changes.Promise) -> dict:
    return {t("slides.work_head"): each.work["title"], t("slides.who"): owner(each.work),
            t("slides.light"): _light(each.work["light"]), t("slides.was"): words.day(each.before),
            t("slides.now"): words.day(each.now),
            t("slides.what"): t("slides.broken" if each.broken else "slides.put_off"),
            t("works.number"): each.work["work_id"]}  # fmt: skip


def _figure(each: changes.Moved) -> dict:
    metric = warehouse.catalogue().find(each.metric)[1]
    return {t("slides.figure"): pick(metric.label), t("slides.was"): words.amount(each.before, metric.unit),
            t("slides.now"): words.amount(each.now, metric.unit),
            t("slides.new_data"): since.difference(each.new, metric.unit),
            t("slides.corrected"): since.difference(each.corrected, metric.unit),
            t("meeting.span"): f"{words.period(each.span_before)} → {words.period(each.span_now)}"}  # fmt: skip


def _light(state: str | None) -> str:
    cell: Cell = light(state)
    return f"{tiles.look.STATES[cell.state].icon} {cell.text}" if cell.state else cell.text


# Decisions and notes


def listing(of: Sequence[notes.Note]) -> list[dict]:
    """Notes as they are read, the newest first; what has been closed says so."""
    closed = {each.closes for each in of if each.kind == "close"}
    held = {each.id for each in decisions.holding_now(of)}

    def state(note: notes.Note) -> str:
        return t(f"meeting.is_{'closed' if note.id in closed else 'open' if note.id in held else 'over'}")

    return [
        {
            t("meeting.state"): state(each),
            t("meeting.kind"): t(f"meeting.kind_{each.kind}"), t("slides.about"): since.subject(each.about),
            t("meeting.text"): each.text, t("works.remedy"): each.remedy or None, t("works.why"): each.reason or None,
            t("slides.who"): decisions.acting(each) if each.owner else None,
            t("slides.promised"): words.day(each.promised_on) if each.promised_on else None,
            t("meeting.until"): words.day(each.until) if each.until else None,
            t("meeting.of"): each.meeting or None, t("meeting.by"): each.by,
            t("meeting.at"): words.day(dt.date.fromisoformat(each.at[:10])),
            t("meeting.id"): each.id,
        }
        for each in reversed(of) if each.kind != "close"
    ]  # fmt: skip


@st.fragment
def write() -> None:
    """The form in which an editor writes a decision, a note or an exception down, and closes one."""
    if decisions.frozen() or not people.may("editor"):
        return
    names = {
        f"work:{row['work_id']}": words.noted(row["title"], row["work_id"])
        for row in table("marts.works", None, "work_id")
        if row["life_cycle"] and row["light"] != "completed"
    }
    known = warehouse.catalogue()
    names |= {f"metric:{name}": pick(known.find(name)[1].label) for name in known.names()}
    with st.form("note", border=True, clear_on_submit=True):
        kind = st.segmented_control(t("meeting.kind"), KINDS, default=KINDS[0], required=True,
                                    format_func=lambda each: t(f"meeting.kind_{each}"))  # fmt: skip
        about = st.selectbox(t("slides.about"), list(names), index=None, format_func=names.get)
        text = st.text_area(t("meeting.text"), max_chars=notes.LONGEST["text"])
        left, right = st.columns(2)
        reason = left.text_input(t("works.why"), max_chars=notes.LONGEST["reason"])
        remedy = right.text_input(t("works.remedy"), max_chars=notes.LONGEST["remedy"])
        agencies = labels("agency_id")
        who = left.selectbox(t("slides.who"), list(agencies), index=None, format_func=lambda each: pick(agencies[each]))
        promised = right.text_input(t("meeting.promised_on"), max_chars=20, placeholder="113.4.30")
        until = left.text_input(t("meeting.until_exception"), max_chars=20, placeholder="113.6.30")
        sent = st.form_submit_button(t("meeting.write"), type="primary", icon=":material/edit:")
    if sent:
        said = {"kind": kind, "about": about, "text": text, "reason": reason, "remedy": remedy, "owner": who,
                "promised": promised, "until": until}  # fmt: skip
        _do(["note", "add"], said, t("meeting.written"))
    still = {each.id: f"{since.subject(each.about)}　{each.text[:40]}" for each in
             notes.open_decisions(decisions.recorded(), dt.date.min)}  # fmt: skip
    if still:
        with st.form("close", border=True, clear_on_submit=True):
            which = st.selectbox(t("meeting.close_which"), list(still), index=None, format_func=still.get)
            how = st.text_input(t("meeting.close_how"), max_chars=notes.LONGEST["text"])
            closing = st.form_submit_button(t("meeting.close"), icon=":material/task_alt:")
        if closing:
            _do(["note", "close", which or "?"], {"text": how}, t("meeting.closed"))


# Frozen meetings


def kept() -> None:
    """The frozen meetings: look at one, project it, take it along, see that it is as it was."""
    rows = [
        [each.name, words.day(each.date), each.build, each.frozen_at[:16].replace("T", " "), each.by,
         words.number(sum(file["size"] for file in each.files.values()) // 1_000_000)]
        for each in frozen()
    ]  # fmt: skip
    if not rows:
        st.info(t("meeting.none_frozen"), icon=":material/ac_unit:")
        return
    heads = ("name", "date", "build", "frozen_at", "by", "size")
    tiles.table([Column(t(f"meeting.{head}"), "right" if head == "size" else "") for head in heads], rows)
    names = {each.name: t("meeting.named", name=each.name, day=words.day(each.date)) for each in frozen()}
    with st.container(horizontal=True, vertical_alignment="center"):
        name = filters.option("kept", names, t("meeting.which"), listed=True, placeholder=t("meeting.which"))
        chosen = next((each for each in frozen() if each.name == name), None)
        if not chosen:
            return
        if st.button(t("meeting.look"), icon=":material/visibility:"):
            filters.go("overview", meeting=name)
        st.link_button(t("meeting.start"), f"/slides/m/{name}?lang={words.language()}", icon=":material/play_arrow:")
        file = f"{name}.zip"
        st.download_button(t("meeting.zip"), lambda: _zip(chosen), file, "application/zip",
                           icon=":material/download:", on_click=people.exported, args=(name, file))  # fmt: skip
        if st.button(t("meeting.verify"), icon=":material/fact_check:"):
            wrong = verify(chosen)
            said = t("meeting.changed", files="、".join(wrong)) if wrong else t("meeting.verified")
            (st.error if wrong else st.success)(said)


@st.fragment
def freeze() -> None:
    """The form in which an editor freezes the build in use for a meeting."""
    if not people.may("editor"):
        return
    with st.form("freeze", border=True):
        left, middle, right = st.columns(3)
        name = left.text_input(t("meeting.freeze_name"), max_chars=40, placeholder="113-03")
        day = middle.text_input(t("meeting.freeze_date"), max_chars=20, placeholder="113.3.26")
        which = right.selectbox(t("meeting.agenda"), agenda.names())
        sent = st.form_submit_button(t("meeting.freeze"), type="primary", icon=":material/ac_unit:")
    if not sent:
        return
    with st.spinner(t("meeting.freezing")):
        _do(["meeting", "freeze", name or "?"], {"date": day, "agenda": which}, t("meeting.frozen", name=name))


def _zip(chosen: Meeting) -> bytes:
    folder = warehouse.here().store.workplace(f"zip-{time.time_ns()}")
    try:
        return zip_of(chosen, folder / "meeting.zip").read_bytes()
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _do(command: Sequence[str], said: Mapping[str, str | None], done: str) -> None:
    """Let the pipeline's own command do what only an editor may, signed with their name, and say how it went."""
    try:
        person = people.require("editor")
    except NotAllowed as error:
        st.error(str(error))
        return
    ended = errands.run(command[:2], {**said, "by": person.name}, command[2:])
    if ended.well:
        st.success(done)
    else:
        st.error(words.literal(ended.why))
