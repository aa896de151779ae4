"""Does the map of works show what the metrics count, to everyone, small enough to send, and nothing but text?"""

from __future__ import annotations

import json
from collections import Counter

import pytest
import shapely.geometry

from dashboard import look, maps, sites, words, works
from dashboard.sites import ATTENTION, NAMED, Scope
from dashboard.warehouse import ask, table
from tests.test_pages import run, text_of

pytestmark = pytest.mark.usefixtures("chinese")

TRAP = "<img src=x onerror=alert(1)>"


def deck_of(test) -> dict:
    (chart,) = test.get("deck_gl_json_chart")
    return json.loads(chart.proto.json, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def layer(deck: dict, name: str) -> dict:
    return next(each for each in deck["layers"] if each["id"].startswith(name))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_message_counts_what_the_records_hold(warehouse, language: str) -> None:
    known = table("marts.works", {"control_class": ["major", "forward_small"]})
    lights = Counter(row["light"] for row in known)
    opened = sum(lights[state] for state in look.STATES if state != "completed")
    shown = text_of(run("sites", lang=language)).split("</h1>")[0]
    for count in (opened, lights["behind"], lights["seriously_behind"], lights["halted"]):
        assert words.number(count) in shown
    late = Counter(row["district_id"] for row in known if row["light"] in ("halted", "behind", "seriously_behind"))
    if list(late.values()).count(max(late.values())) <= 3:
        assert f"{max(late.values())}" in shown.partition("；最多在" if language == "zh" else "most in")[2]


def test_the_chips_add_up_to_the_works_of_each_class(warehouse) -> None:
    for of, classes in sites.CLASSES.items():
        counted = Counter(row["light"] for row in table("marts.sites", {"control_class": classes}))
        assert sites._counts(Scope(of, None, None)) == counted


def test_by_default_the_map_shows_what_needs_attention_and_the_named_sites(warehouse) -> None:
    test = run("sites")
    hits = layer(deck_of(test), "hits")["data"]
    named = {row["site_id"] for row in table("marts.sites") if row["is_published"]}
    controlled = table("marts.sites", {"control_class": ["major", "forward_small"], "light": ATTENTION})
    expected = named | {row["site_id"] for row in controlled}
    assert {row["id"] for row in hits} == expected and len(hits) < 150
    assert len(layer(deck_of(test), "labels")["data"]) == 7


def test_filters_narrow_the_map_and_the_list_alike(warehouse) -> None:
    of = Scope("major", "yongkang", None)
    rows = sites.shown(of, [])
    assert rows and {row["district_id"] for row in rows} == {"yongkang"}
    test = run("sites", **{"control": "major", "district": "yongkang", "kept-state": "all"})
    assert {row["id"] for row in layer(deck_of(test), "hits")["data"]} == {row["site_id"] for row in rows}
    assert len(test.dataframe[0].value) == len(rows)
    assert "永康區" in text_of(test).split("</h1>")[0]


def test_the_list_is_worst_first_and_says_states_in_words(warehouse) -> None:
    rows = sites.shown(Scope("controlled", None, None), [*ATTENTION, NAMED])
    listed = [row["work_id"] for row in rows if row["light"] in works.LATE]
    of = works.Scope({"control_class": works.CLASSES["controlled"]}, None, None, None, "")
    real = works.named()
    assert listed == [row["work_id"] for row in works.rows(of) if row["light"] in works.LATE and row["work_id"] not in real]
    first = run("sites").dataframe[0].value.iloc[0]
    assert first["燈號"] == works.state("halted") and first["工程"] == rows[0]["title"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_red_light_answers_its_five_questions(warehouse, language: str) -> None:
    work = next(row for row in table("marts.works", {"light": ["seriously_behind"]}) if row["title"].startswith("模擬"))
    shown = text_of(run("sites", site=work["work_id"], lang=language))
    words.speak(language)
    for name in ("gap", "since", "why", "remedy", "who", "promised", "budget", "planned_finish", "place"):
        assert words.t(f"sites.{name}") in shown
    for told in (words.number(work["gap_points"], 1), words.number(work["gap_days"]), words.day(work["behind_since"]),
                 work["lag_cause"], work["remedy"], words.day(work["promised_on"]),
                 words.amount(work["budget_twd"], "twd"), words.t("sites.simulated_place")):  # fmt: skip
        assert str(told) in shown


def test_a_named_site_keeps_its_document_its_words_and_its_honest_place(warehouse) -> None:
    for row in (each for each in table("marts.sites") if each["is_published"]):
        shown = text_of(run("sites", site=row["site_id"]))
        assert row["title"] in shown and "公布值" in shown and "位置為概略" in shown
        assert (f"「{row['quote']}」" if row["quote"] else "五份文件未載") in shown


def test_a_district_gives_its_figures(warehouse) -> None:
    (row,) = table("marts.districts", {"district_id": ["xinying"]})
    shown = text_of(run("sites", district="xinying"))
    assert (
        words.amount(row["petitions_12m"], "cases") in shown and words.amount(row["contacts_12m"], "contacts") in shown
    )


def test_no_site_is_a_sentence(warehouse) -> None:
    never = next(code for code in ("longqi", "zuozhen", "nanhua", "nanxi")
                 if not ask("sites.sites", by=("light",), where={"district_id": [code], "light": ["halted"],
                                                                 "control_class": ["none"]}).rows)  # fmt: skip
    test = run("sites", **{"district": never, "control": "none", "kept-state": "halted"})
    assert not test.exception and any(words.t("sites.no_sites") == each.value for each in test.info)


def test_the_map_is_small_asks_for_no_tiles_and_rounds_its_places(warehouse) -> None:
    test = run("sites")
    (chart,) = test.get("deck_gl_json_chart")
    assert len(chart.proto.json) < 120_000
    deck = deck_of(test)
    assert "mapProvider" not in deck or deck["mapProvider"] is None
    assert "cartocdn" not in chart.proto.json and "http" not in chart.proto.json.replace(
        "http://www.w3.org/2000/svg", ""
    )
    for row in layer(deck, "hits")["data"]:
        assert row["x"] == round(row["x"], 5) and row["y"] == round(row["y"], 5)


def test_smoothed_districts_keep_their_size_and_touch(warehouse) -> None:
    whole = {row["district_id"]: shapely.geometry.shape(json.loads(row["geometry_json"]))
             for row in table("marts.districts")}  # fmt: skip
    smooth = {code: shapely.geometry.shape(each) for code, each in maps.boundaries("any").items()}
    assert len(smooth) == 37 and shapely.coverage_is_valid(list(smooth.values()))
    for code, shape in smooth.items():
        assert shape.symmetric_difference(whole[code]).area < 0.06 * whole[code].area, code
    assert (
        sum(len(json.dumps(shapely.geometry.mapping(each))) for each in smooth.values())
        < sum(len(json.dumps(shapely.geometry.mapping(each))) for each in whole.values()) / 2
    )


def test_each_state_has_a_shape_of_its_own() -> None:
    drawn = {state: look.SHAPES[state] for state in look.STATES}
    assert len(set(drawn.values())) == len(look.STATES)
    _, places = maps._sheet()
    assert {*look.STATES, *(f"{state}+" for state in look.STATES), "chosen"} <= places.keys()


def test_a_click_is_bound_to_what_was_shown(warehouse) -> None:
    """A selection is kept by layer and row: the layer's name changes with the rows, or a click would jump."""
    one, other = (layer(deck_of(run("sites", **{"kept-state": state})), "hits")["id"] for state in ("halted", "behind"))
    assert one != other
    assert layer(deck_of(run("sites", site="parking_e8")), "hits")["id"] != layer(deck_of(run("sites")), "hits")["id"]


def test_markup_in_a_name_stays_text(warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sites.table

    def trapped(relation: str, *arguments, **named):
        rows = real(relation, *arguments, **named)
        if relation not in ("marts.sites", "marts.works"):
            return rows
        return tuple({**row, "title": TRAP, "title_en": TRAP, "quote": TRAP, "lag_cause": TRAP} for row in rows)

    monkeypatch.setattr(sites, "table", trapped)
    shown = text_of(run("sites", site="parking_e8"))
    assert TRAP not in shown and "&lt;img" in shown


def test_a_real_site_never_carries_a_light_of_simulated_progress(warehouse) -> None:
    named = [row for row in table("marts.sites") if row["is_published"]]
    assert len(named) == 7 and all(row["is_simulated"] for row in named if row["work_id"])
    assert {(row["light"], row["gap_points"], row["gap_days"], row["planned_finish_on"]) for row in named} == {(None,) * 4}
