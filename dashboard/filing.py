"""What does the page of filing say and do: look at a file, file it, take the last one back, templates, audit trail?

Who looks or files is asked for their role where it is done. The bytes of an upload lie in the store only while a
command reads them; what changes is changed by the pipeline's own commands, signed with the person's name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import errands, filters, markup, people, provenance, tables, tiles, warehouse, words
from dashboard.people import NotAllowed
from dashboard.tiles import Column
from dashboard.words import pick, t
from data_pipeline.store import StoreError, audit
from data_pipeline.store.files import safe_name
from data_pipeline.store.undo import Step, step

KINDS = ("added", "changed", "refused", "missing")
FORMS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "ods": "application/vnd.oasis.opendocument.spreadsheet", "csv": "text/csv"}  # fmt: skip
LOOK, TOLD, ROUND = "filing-look", "filing-told", "filing-round"


def sources() -> list[dict]:
    """The sources that come as files, those that owe something first."""
    return [row for row in provenance.sources() if row["protocol"] in ("file", "pcc")]


def message() -> str:
    """The page's one sentence: how many sources come as files, how many of them still stand on simulated data."""
    standing = [provenance.state(row) for row in sources()]
    late, simulated = standing.count("late"), standing.count("simulated")
    return t("filing.message_late" if late else "filing.message", n=len(standing), late=late, simulated=simulated)


def standing() -> None:
    """What is to be filed: how far each source reaches, and whether more is due."""
    cells = [
        [pick(row), t(f"sources.every_{row['cadence']}"), words.day(row["reach"]),
         t(f"sources.state_{provenance.state(row)}", days=words.number(max(0, provenance.days_late(row)))),
         words.number(row["rows"]), words.number(row["rejects"])]
        for row in sources()
    ]  # fmt: skip
    tiles.table(
        [Column(t("frame.source"), width="34%"), Column(t("filing.cadence")), Column(t("sources.reach")),
         Column(t("sources.due")), Column(t("frame.rows"), "right"), Column(t("sources.rejects"), "right")],
        cells, compact=True,
    )  # fmt: skip


# Looking and filing


@st.fragment
def desk() -> None:
    """Where an editor hands a file in, sees what it would change, and files it or takes the last filing back."""
    if not people.may("editor"):
        return
    turn = st.session_state.setdefault(ROUND, 0)
    names = {row["name"]: pick(row) for row in sources()}
    with st.container(key="upload"):
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        # Any kind: what is not taken is told by the pipeline in a sentence, by the browser in a word of English.
        upload = left.file_uploader(t("filing.upload"), key=f"filing-upload-{turn}")
        name = right.selectbox(t("filing.which"), list(names), index=None, key=f"filing-source-{turn}",
                               placeholder=t("filing.recognise"), format_func=names.get)  # fmt: skip
        with st.container(key="not_sent"):  # shown where the browser did not send it: see look.css
            st.error(t("filing.not_sent", most=_most()), icon=":material/block:")
    if upload is None:
        st.caption(t("filing.limits", most=_most()))
        _tell()
        st.session_state.pop(LOOK, None)
        _undo()
        return
    st.session_state.pop(TOLD, None)
    looked = _looked(upload, name)
    if not looked:
        return
    if looked["why"]:
        _explain(upload, looked)
        return
    for part in looked["parts"]:
        _show(part)
    going = st.empty()
    with st.container(horizontal=True, vertical_alignment="center"):
        usable = any(part["counts"][kind] for part in looked["parts"] for kind in ("added", "changed", "same"))
        if usable and st.button(t("filing.accept"), type="primary", icon=":material/publish:"):
            _accept(upload, name, going)
        if any(part["counts"]["refused"] for part in looked["parts"]):
            called = f"{safe_name(upload.name)}_{t('filing.marked_name')}.xlsx"
            st.download_button(t("filing.marked"), looked["marked"], called, FORMS["xlsx"], on_click="ignore",
                               icon=":material/download:")  # fmt: skip
    st.caption(t("filing.nothing_yet" if usable else "filing.nothing_usable"))


def _looked(upload, name: str | None) -> dict | None:
    """What the pipeline says of an upload; asked once for each file, source, build and language."""
    of = (upload.file_id, name, warehouse.here().store.current_name(), words.language())
    kept = st.session_state.get(LOOK)
    if kept and kept["of"] == of:
        return kept
    if not people.may("editor"):
        return None
    with st.spinner(t("filing.looking")), errands.place("upload") as folder:
        path, marked = folder / safe_name(upload.name), folder / "marked copy.xlsx"
        path.write_bytes(upload.getbuffer())
        done = errands.run(["preview", "--json"], {"source": name, "marked": marked}, [path])
        told = json.loads(done.printed) if done.well or done.kind else {}
        body = marked.read_bytes() if done.well else b""
    st.session_state[LOOK] = {"of": of, "parts": [], "kind": done.kind, "facts": {}, **told, "why": done.why,
                              "marked": body}  # fmt: skip
    return st.session_state[LOOK]


def _most() -> int:
    """Megabytes that the server takes."""
    return st.get_option("server.maxUploadSize")


def _explain(upload, looked: Mapping) -> None:
    """Why a file was not taken, and what to do; of one that fits no source what it holds beside what it should."""
    kind, facts, file = looked["kind"], looked["facts"], words.literal(safe_name(upload.name))
    if kind not in ("unrecognised", "header", "ambiguous"):
        st.error(words.literal(looked["why"]), icon=":material/block:")
        return
    source, required = facts.get("source"), facts.get("required", ())
    named = words.literal(pick(source))
    lacking = sum(not each["had"] for each in required)
    said = f"{kind}_near" if kind == "unrecognised" and source else kind
    st.error(
        t(f"filing.{said}", file=file, n=lacking or len(facts.get("fitting", ())), source=named),
        icon=":material/block:",
    )
    if kind == "ambiguous":
        with st.container(horizontal=True):
            for each in facts["fitting"]:
                st.button(pick(each), on_click=_choose, args=(each["name"],), icon=":material/check:")
        return
    with st.container(border=True):
        st.html(markup.HEADERS.render(
            seen_title=t("filing.seen"), seen=facts["seen"], required_title=t("filing.required", source=pick(source)),
            required=[(_headed(each), each["had"]) for each in required],
        ))  # fmt: skip
        st.markdown(t("filing.mend" if source else "filing.mend_unknown"))
        if source:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(t("filing.template_of", source=named), width="content")
                _forms(source["name"], pick(source))


def _headed(column: Mapping) -> str:
    """A header as it must stand in the file, and what it means where that is not said by it."""
    return column["header"] if words.language() == "zh" else words.noted(column["header"], column["en"])


def _choose(name: str) -> None:
    st.session_state[f"filing-source-{st.session_state[ROUND]}"] = name


def _show(part: Mapping) -> None:
    """A part of a file: its source, the counts, and the first rows of each kind."""
    counts = part["counts"]
    st.subheader(t("filing.part", source=pick(part), replaces=t(f"filing.replaces_{part['replaces']}")))
    kinds = [kind for kind in KINDS if kind != "missing" or part["delivery"] == "full"]
    names = [t(f"filing.tab_{kind}", n=words.number(counts[kind])) for kind in kinds]
    full = [name for name, kind in zip(names, kinds, strict=True) if counts[kind]]
    tabs = st.tabs(names, default=full[0] if full else None)
    for tab, kind in zip(tabs, kinds, strict=True):
        with tab:
            rows = listing(part, kind)
            if not rows:
                st.caption(t(f"filing.none_{kind}"))
                continue
            st.dataframe(rows, hide_index=True, height=min(38 * len(rows) + 40, 320), alt=t(f"filing.{kind}"))
            if counts[kind] > len(part[kind]):
                st.caption(t("filing.first", n=len(part[kind]), all=words.number(counts[kind])))
    if counts["same"] or counts["aside"]:
        st.caption(t("filing.same", same=words.number(counts["same"]), aside=words.number(counts["aside"])))
    for note in part["notes"]:
        st.caption(f":material/info: {words.literal(pick(note))}")


def listing(part: Mapping, kind: str) -> list[dict]:
    """The rows of a kind as they are read: columns and codes by their names, a change as 從 → 到."""
    heads = {name: pick(label) for name, label in part["columns"].items()}

    def said(name: str, value: object) -> str | None:
        known = part["labels"].get(name, {}).get(value) if isinstance(value, str) else None
        return pick(known) if known else None if value is None else str(value)

    if kind == "refused":
        return [
            {t("filing.row"): each["row"], t("filing.column"): each["header"] or "—",
             t("filing.value"): each["value"] or "—", t("filing.reason"): pick(each)}
            for each in part["refused"]
        ]  # fmt: skip
    if kind == "changed":
        return [
            {**{heads[name]: said(name, value) for name, value in each["key"].items()}, t("filing.column"): heads[name],
             t("filing.was"): said(name, was) or "—", t("filing.becomes"): said(name, now) or "—"}
            for each in part["changed"] for name, (was, now) in each["columns"].items()
        ]  # fmt: skip
    return [{heads[name]: said(name, value) for name, value in row.items()} for row in part[kind]]


def _accept(upload, name: str | None, going: DeltaGenerator) -> None:
    """File it: kept, built, checked and published, or nothing is changed."""
    try:
        person = people.require("editor")
    except NotAllowed as error:
        st.error(str(error))
        return
    bar = going.progress(0.0, text=t("filing.filing"))

    def tell(step: str, share: float) -> None:
        told = words.known(f"filing.step_{step.split()[0]}") or step
        bar.progress(min(1.0, share), text=told)

    with errands.place("upload") as folder:
        path = folder / safe_name(upload.name)
        path.write_bytes(upload.getbuffer())
        said = {"source": name, "by": person.name, "progress": "json"}
        done = errands.follow(["file"], said, [path], tell)
    bar.empty()
    if not done.well:
        going.error(words.literal(done.why), icon=":material/block:")
        return
    told = json.loads(done.printed)
    _next(t("filing.filed" if told["filed"] else "filing.had_it", file=safe_name(upload.name), build=told["build"]))


def _undo() -> None:
    """What undo would bring back, and the button that does it."""
    try:
        found = step(warehouse.here().store)
    except StoreError:
        st.caption(t("filing.nothing_to_undo"))
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(undone(found))
        with st.popover(t("filing.undo"), icon=":material/undo:"):
            st.markdown(t("filing.undo_sure"))
            # What was asked for is what stood there when the button was drawn, not what is last by now.
            st.button(t("filing.undo_yes"), type="primary", on_click=_asked, args=(found.now.name,))
    if (asked := st.session_state.pop("undo_asked", None)) is None:
        return
    if asked == found.now.name:
        _take_back(asked)
    else:
        st.warning(t("filing.undo_changed"), icon=":material/sync:")


def _asked(build: str) -> None:
    st.session_state["undo_asked"] = build


def undone(found: Step) -> str:
    """從哪一版回到哪一版，哪些檔案不再採計。"""
    names = {row["name"]: pick(row) for row in provenance.sources()}
    files = "、".join(
        words.noted(words.literal(each.where.removeprefix("file:")), names.get(each.source, each.source))
        for each in found.deliveries
    )
    return t("filing.undo_what", files=files, now=found.now.name, before=found.before.name,
             at=provenance.moment(found.before.manifest["built_at"]))  # fmt: skip


def _take_back(build: str) -> None:
    try:
        person = people.require("editor")
    except NotAllowed as error:
        st.error(str(error))
        return
    with st.spinner(t("filing.undoing")):
        done = errands.run(["undo"], {"build": build, "by": person.name})
    if not done.well:
        st.error(words.literal(done.why), icon=":material/block:")
        return
    _next(t("filing.undone", build=warehouse.here().store.current_name()))


def _next(told: str) -> None:
    """Begin anew, with what was done said above an empty uploader; the rest of the page stands on the new build."""
    st.session_state[TOLD] = told
    st.session_state[ROUND] += 1
    st.session_state.pop(LOOK, None)
    st.rerun()


def _tell() -> None:
    if told := st.session_state.get(TOLD):
        st.success(told, icon=":material/check_circle:")


# Templates


def templates() -> None:
    """A template of the chosen source in three forms, and what its columns are."""
    of = [row for row in sources() if row["protocol"] == "file"]
    names = {row["name"]: pick(row) for row in of}
    with st.container(horizontal=True, vertical_alignment="center"):
        name = filters.option("source", names, t("filing.which"), listed=True, placeholder=t("filing.choose"))
        if name:
            _forms(name, names[name])
    if not name:
        st.caption(t("filing.template_hint"))
        standing()
        return
    st.caption(t("filing.template_examples"))
    columns = [row for row in warehouse.table("meta.columns") if row["source"] == name]
    tiles.table(
        [Column(t("filing.column")), Column(t("filing.unit"))],
        [[pick(row), _unit(row["unit"])] for row in columns], compact=True,
    )  # fmt: skip


def _forms(name: str, title: str) -> None:
    """The template of a source in each form, to download."""
    for form, mime in FORMS.items():
        st.download_button(
            form.upper(), lambda form=form: template(name, form), f"{safe_name(title)}.{form}", mime,
            key=f"template-{name}-{form}", icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip


def _unit(unit: str | None) -> str:
    return "—" if not unit else unit if words.language() == "zh" else words.printed_unit(unit)


def template(name: str, form: str) -> bytes:
    """The pipeline's own template of a source. Raises RuntimeError where it could not be made."""
    with errands.place("template") as folder:
        path = folder / f"template.{form}"
        done = errands.run(["template"], {"out": path}, [name])
        if not done.well:
            raise RuntimeError(done.why)
        return path.read_bytes()


# The audit trail


def trail() -> None:
    """Who did what, the newest first; for administrators alone."""
    if not people.may("administrator"):
        return
    rows = [
        {t("filing.at"): provenance.moment(each.at), t("filing.by"): each.by or "—",
         t("filing.did"): words.known(f"filing.did_{each.what}") or each.what, t("filing.about"): each.about or "—",
         t("filing.file"): each.file or "—", t("filing.outcome"): each.outcome or "—"}
        for each in reversed(audit.trail(warehouse.here().store))
    ]  # fmt: skip
    if rows:
        tables.show(t("filing.view_audit"), rows, height=520, simulated=False)
    else:
        st.info(t("filing.no_trail"), icon=":material/history:")
