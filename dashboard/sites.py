"""Which works are on the map, how do they stand, and what is owed about each one?

The page of sites draws; what it asks and says stands here. One choice of states, class, district, agency and site is
kept in the link, so that a link reopens the same map with the same card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from dashboard import downloads, filed, filters, look, maps, tiles, warehouse, words, works
from dashboard.maps import Mark
from dashboard.tiles import Column
from dashboard.warehouse import Answer, ask, table
from dashboard.words import pick, t
from dashboard.works import CLASSES, LATE, WORST_FIRST

ATTENTION = WORST_FIRST[:4]
NAMED = "named"  # the chip of the real, publicly known sites (seeds.sites)
CHIPS = (*WORST_FIRST[:4], NAMED, *WORST_FIRST[4:])
FIGURES = {  # of a district, and their units
    "works_budget_twd": "twd", "contacts_12m": "contacts", "petitions_12m": "cases", "closed_on_time_12m": "cases",
    "closed_late_12m": "cases", "open_overdue_12m": "cases",
}  # fmt: skip
WIDTHS = {"zh": (98, 160, 70, 70, 58, 84, 84), "en": (142, 128, 84, 60, 56, 80, 98)}  # of the list's columns, pixels
ROUGH = ("village", "district")


@dataclass(frozen=True)
class Scope:
    """Which works are looked at, before any state is chosen."""

    of: str
    district: str | None
    agency: str | None

    @property
    def where(self) -> dict[str, list[str]]:
        chosen = {"district_id": self.district, "agency_id": self.agency}
        return {"control_class": CLASSES[self.of]} | {name: [value] for name, value in chosen.items() if value}

    def states(self) -> Answer:
        """Sites by state."""
        return ask("sites.sites", by=("light",), where=self.where)


def scope() -> Scope:
    """The visitor's class of control, district and agency."""
    with st.container(horizontal=True, vertical_alignment="center"):
        of = filters.option(
            "control", {each: t(f"sites.class_{each}") for each in CLASSES}, t("sites.class"), required=True
        )
        district = filters.choice("district_id", "district")
        # Only agencies that have works; the code table also holds offices and units that never build.
        building = {row["agency_id"] for row in table("marts.sites")}
        agencies = {code: pick(name) for code, name in warehouse.labels("agency_id").items() if code in building}
        agency = filters.option("agency", agencies, t("sites.agency"), listed=True, placeholder=t("sites.all_agencies"))
    return Scope(of, district[0] if district else None, agency)


def chips(of: Scope) -> list[str]:
    """The states to show, as chips with their counts; the key to the map at the same time. None chosen: all."""
    counts = _counts(of)
    named = len(_named(of))
    lights = warehouse.labels("light")

    def told(code: str) -> str:
        if code == NAMED:
            return t("sites.chip_named", n=words.number(named))
        shape = f"![{look.STATES[code].icon}]({maps.icon(code)})"
        return f"{shape} {pick(lights[code])} {words.number(counts.get(code, 0))}"

    return _several("state", CHIPS, [*ATTENTION, NAMED], t("sites.states"), told)


def shown(of: Scope, states: Sequence[str], site: str | None = None) -> list[dict]:
    """What the map and the list hold, worst first: the chosen states of the scope, and the chosen site in any case."""
    rows = [row for row in table("marts.sites", of.where) if not states or row["light"] in states]
    if not states or NAMED in states:
        rows += [row for row in _named(of) if row not in rows]
    if site and site not in {row["site_id"] for row in rows}:
        rows += table("marts.sites", {"site_id": [site]})
    return sorted(rows, key=lambda row: (*works.rank(row), row["site_id"]))


def finder() -> str | None:
    """The chosen site. Typing finds any site by name, on the map or not."""
    names = {row["site_id"]: _name(row) for row in table("marts.sites", None, "is_published desc, site_id")}
    return filters.option("site", names, t("sites.find"), listed=True, placeholder=t("sites.find"))


def message(of: Scope) -> str:
    """How many works are open, how many of them late, and where most of those are."""
    # From the works and not from the map: a named real site has a place, but no light of simulated progress.
    counts = Counter(row["light"] for row in table("marts.works", of.where, None, works.MOST))
    lights, where = warehouse.labels("light"), "".join(_scope_words(of))
    late = t("sites.and").join(
        t("sites.of_them", state=pick(lights[state]) if words.language() == "zh" else pick(lights[state]).lower(),
          n=words.number(counts.get(state, 0)))
        for state in reversed(LATE)
    )  # fmt: skip
    opened = words.number(works.still_open(counts))
    return t(f"sites.message_{of.of}", where=where, n=opened, late=late, most=most_late(of))


def left_out(of: Scope) -> str:
    """Works of the scope that have no place, and so are not on the map; "" where there are none."""
    placed = {row["work_id"] for row in table("marts.sites", of.where)}
    missing = [row for row in table("marts.works", of.where, None, works.MOST)
               if row["work_id"] not in placed]  # fmt: skip
    return t("sites.no_place", n=words.number(len(missing))) if missing else ""


def key() -> str:
    """What size, ring and the rest mean."""
    rules = {row["name"]: row["value"] for row in table("meta.rules")}
    medium, large = (words.amount(rules[f"map_{step}_budget_twd"], "twd") for step in ("medium", "large"))
    return t("sites.key", medium=medium, large=large)


def _several(
    key: str, options: Sequence[str], default: Sequence[str], label: str, told: Callable[[str], str]
) -> list[str]:
    """Any of a few options as chips, kept in the link under `key` as `a,b`; `all` there where none is chosen."""
    kept = f"kept-{key}"
    filters.read(key)
    if key not in st.session_state:
        asked = st.session_state.get(kept, st.query_params.get(key))
        st.session_state[key] = (
            list(default) if asked is None else [each for each in options if each in str(asked).split(",")]
        )
        for value in str(asked or "").split(","):
            if value and value not in (*options, "all"):
                st.toast(t("frame.ignored", name=key, value=value[:40]), icon=":material/link_off:")
    chosen = st.pills(label, options, selection_mode="multi", key=key, format_func=told, label_visibility="collapsed")
    st.session_state[kept] = ",".join(chosen) or "all"
    if set(chosen) == set(default):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = st.session_state[kept]
    return chosen


# The map


def draw(of: Scope, on: Sequence[dict], site: str | None) -> None:
    """The map; a click on a site opens its card, on a district its figures, on the chosen district all again."""

    def click(kind: str, code: str) -> None:
        if kind == "site":
            st.session_state["site"] = code
        else:
            st.session_state["district"] = None if code == of.district else code
            st.session_state["site"] = None

    maps.draw(
        [_mark(row) for row in on], site, of.district, _told_of_districts(of), "map",
        t("sites.alt", n=words.number(len(on))), click,
    )  # fmt: skip


def _mark(row: dict) -> Mark:
    rough = row["coordinate_precision"] in ROUGH
    state = row["light"] or (NAMED if row["is_published"] else "")
    told = [_state_words(row), _gap(row), t("sites.rough") if rough else ""]
    return Mark(
        row["site_id"], row["longitude"], row["latitude"], state, row["budget_step"], _name(row),
        "　".join(part for part in told if part), short(row), rough,
    )  # fmt: skip


def _told_of_districts(of: Scope) -> dict[str, str]:
    found = ask(
        "sites.sites", by=("district_id", "light"), where={"control_class": CLASSES[of.of], "light": WORST_FIRST[:3]}
    )
    lights = warehouse.labels("light")
    told: dict[str, list[str]] = {}
    for state in WORST_FIRST[:3]:
        for row in found.rows:
            if row["light"] == state:
                told.setdefault(row["district_id"], []).append(
                    f"{look.STATES[state].icon} {pick(lights[state])} {words.number(row['value'])}"
                )
    return {code: "　".join(told.get(code, [t("sites.none_late")])) for code in warehouse.labels("district_id")}


# The panel beside it


def panel(of: Scope, site: str | None) -> None:
    """The card of the chosen site, else the figures of the chosen district; nothing where neither is chosen."""
    if site:
        _card(table("marts.sites", {"site_id": [site]})[0])
    elif of.district:
        _district(of)


def _card(row: dict) -> None:
    """The five answers a red light owes (how far, since when, why, who acts, promised for when), two facts a line."""
    if row["work_id"] and st.button(t("sites.open_work"), icon=":material/timeline:"):
        filters.go("work", work=row["work_id"])
    if row["is_published"]:  # a real site: only what is printed of it, nothing of the simulated register
        facts = [*published_facts(row), [t("sites.place"), _place(row)]]
        said = tiles.badged(t("frame.published"), _document(row))
        return tiles.table([Column(tiles.stacked(_name(row), _state_words(row)), width="34%"), Column(said)], facts)
    work = next(iter(table("marts.works", {"work_id": [row["work_id"]]}) if row["work_id"] else ()), {})
    progress = ""
    if row["planned_progress"] is not None:
        shares = (words.amount(row[f"{each}_progress"], "percent") for each in ("planned", "actual"))
        progress = t("sites.progress_cell", **dict(zip(("planned", "actual"), shares, strict=True)))
    if row["light"] in WORST_FIRST[:3]:
        broken = f"✖ {t('sites.broken')}" if work.get("is_promise_broken") else ""
        facts: list[tuple[str, object]] = [
            ("gap", tiles.stacked(_gap(row), progress)),
            ("since", words.day(row["behind_since"])),
            ("why", filed.cause(work.get("lag_cause"), work.get("lag_factor"))),
            ("remedy", work.get("remedy") or "—"),
            ("who", _agency(work.get("owner_id") or row["agency_id"])),
            ("promised", tiles.stacked(words.day(work.get("promised_on")), broken)),
        ]
    else:
        facts = [("progress", tiles.stacked(progress or "—", _gap(row))), ("who", _agency(row["agency_id"]))]
    finish = "finished" if row["finished_on"] else "planned_finish"
    facts += [
        ("budget", words.amount(row["budget_twd"], "twd")),
        (finish, words.day(row["finished_on"] or row["planned_finish_on"])),
        ("place", _place(row)),
        ("of_class", pick(warehouse.labels("control_class").get(row["control_class"])) or "—"),
    ]
    cells = [[t(f"sites.{one}"), told, t(f"sites.{other}"), said]
             for (one, told), (other, said) in zip(facts[::2], facts[1::2], strict=True)]  # fmt: skip
    state = _chip(row["light"]) if row["light"] else _state_words(row)
    name = tiles.marked(_name(row), row["is_simulated"])
    tiles.table([Column(state), Column(name), Column(""), Column("")], cells)


def published_facts(row: dict) -> list[list[object]]:
    """What the documents and the public reports say of a named site; Chinese words stay as printed."""
    facts: list[list[object]] = []
    if row["quote"]:
        facts.append([t("frame.quote"), f"「{row['quote']}」"])
    if row["published_finish_on"]:
        said = row["promised_text"] if words.language() == "zh" else words.day(row["published_finish_on"])
        facts.append([t("sites.said_finish"), said])
    said = [row["facts_zh"] if words.language() == "zh" else row["facts_en"]]
    if words.language() == "zh":
        said += [row["budget_text"], row["start_text"], row["finish_text"]]
    facts.append([t("sites.reported"), tiles.stacked(*[each for each in said if each])])
    return facts


def _district(of: Scope) -> None:
    row = table("marts.districts", {"district_id": [of.district]})[0]
    counts = _counts(Scope(of.of, of.district, None))
    facts: list[list[object]] = [
        [_chip(state), words.amount(counts[state], "works")] for state in WORST_FIRST if counts.get(state)
    ]
    for name, unit in FIGURES.items():
        facts.append([t(f"sites.{name}"), words.amount(row[name] or 0, unit)])
    mark = f"△ {t('frame.simulated')}" if row["is_simulated"] else ""
    tiles.table([Column(tiles.stacked(pick(row), mark)), Column(t(f"sites.class_{of.of}"), "right")], facts)


def listed(on: Sequence[dict], height: int) -> None:
    """The map's text alternative, worst first; choosing a row opens the same card as a click on the map."""
    if not on:
        st.info(t("sites.no_sites"), icon=":material/search_off:")
        return

    def take() -> None:
        rows = st.session_state[name]["selection"]["rows"]
        st.session_state["site"] = on[rows[0]]["site_id"] if rows else None

    districts = warehouse.labels("district_id")
    columns = ("state", "work", "district", "points", "days", "budget_k", "planned_finish")
    titles = dict(zip(columns, (t(f"sites.{each}") for each in columns), strict=True))
    rows = [
        {
            titles["state"]: _state_words(row),
            titles["work"]: _name(row),
            titles["district"]: pick(districts.get(row["district_id"])),
            titles["points"]: None if row["is_completed"] else row["gap_points"],
            titles["days"]: None if row["is_completed"] else row["gap_days"],
            titles["budget_k"]: row["budget_twd"] / 1000 if row["budget_twd"] is not None else None,
            titles["planned_finish"]: words.day(row["planned_finish_on"]),
        }
        for row in on
    ]
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    formats = (None, None, None, "%.1f", "%.0f", "localized", None)
    kinds = [number(format=form, width=width) if form else text(width=width)
             for form, width in zip(formats, WIDTHS[words.language()], strict=True)]  # fmt: skip
    name = f"list-{hash(tuple(row['site_id'] for row in on)) & 0xFFFFFFFF:08x}"
    st.dataframe(
        rows, hide_index=True, height=height, row_height=38, key=name, on_select=take, selection_mode="single-row",
        alt=t("sites.list_alt"),
        column_config=dict(zip(titles.values(), kinds, strict=True)),
    )  # fmt: skip
    downloads.buttons(downloads.of_rows(t("sites.menu"), rows))


# Words


def _counts(of: Scope) -> dict[str, int]:
    return {row["light"]: row["value"] for row in of.states().rows}


def _named(of: Scope) -> list[dict]:
    """The real, publicly known sites in the scope's district and of its agency, whatever their class."""
    where = {name: values for name, values in of.where.items() if name != "control_class"}
    return [row for row in table("marts.sites", where) if row["is_published"]]


def most_late(of: Scope) -> str:
    """The district with most late works; all of them where several have as many, "" where the scope is one district."""
    found = ask("sites.sites", by=("district_id",), where=of.where | {"light": list(LATE)})
    known = [row for row in found.rows if row["district_id"]]
    if of.district or not known:
        return ""
    top = max(row["value"] for row in known)
    names = [pick(name) for code, name in warehouse.labels("district_id").items()
             if code in {row["district_id"] for row in known if row["value"] == top}]  # fmt: skip
    if len(names) > 3:
        return ""
    return t(
        "sites.most_each" if len(names) > 1 else "sites.most", names=t("sites.and").join(names), n=words.number(top)
    )


def _scope_words(of: Scope) -> list[str]:
    names = []
    if of.district:
        names.append(pick(warehouse.labels("district_id")[of.district]))
    if of.agency:
        names.append(_agency(of.agency))
    if not names:
        return []
    return names if words.language() == "zh" else [f"{', '.join(names)}: "]


def _name(row: dict) -> str:
    return row["title_en"] if words.language() == "en" and row["title_en"] else row["title"]


def short(row: dict) -> str:
    """The name a named site has on the map."""
    if not row["is_published"]:
        return ""
    try:
        return t(f"sites.short_{row['site_id']}")
    except KeyError:  # a site that was added to the seed and has no short name yet
        return _name(row)


def _state_words(row: dict) -> str:
    if not row["light"]:
        return t("sites.named_state" if row["is_published"] else "sites.no_light")
    return f"{look.STATES[row['light']].icon} {pick(warehouse.labels('light')[row['light']])}"


def _gap(row: dict) -> str:
    if row["gap_points"] is None or row["is_completed"]:
        return ""
    return t("sites.gap_cell", points=words.number(row["gap_points"], 1), days=words.number(row["gap_days"]))


def _chip(state: str) -> Markup | str:
    return tiles.badge(look.STATES[state], pick(warehouse.labels("light")[state]))


def _agency(code: str | None) -> str:
    return pick(warehouse.labels("agency_id").get(code)) or "—"


def _place(row: dict) -> object:
    precision = row["coordinate_precision"]
    district = pick(warehouse.labels("district_id").get(row["district_id"])) or "—"
    village = row["place_text"] or ""
    note = {"village": t("sites.rough"), "district": t("sites.rough"), "simulated": t("sites.simulated_place")}
    return tiles.stacked(f"{district}{village if words.language() == 'zh' else ''}", note.get(precision, ""))


def _document(row: dict) -> str:
    for found in table("seeds.published_documents", {"document": [row["document"] or ""]}):
        return pick(found)
    return t("sites.not_printed")
