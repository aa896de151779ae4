"""Does a mistake in an agenda get a sentence with its line, and does every shipped agenda hold?"""

from __future__ import annotations

import re

import pytest

from dashboard.meeting import agenda
from dashboard.meeting.agenda import AgendaError

HEAD = "title: {zh: 會議, en: Meeting}\nslides:\n"


@pytest.mark.parametrize("name", agenda.names())
def test_a_shipped_agenda_holds_and_is_said_in_both_languages(name):
    found = agenda.load(name)
    assert found.title.zh and found.title.en and found.screens
    assert all(item.title is None or (item.title.zh and item.title.en) for item in found.screens)


def test_monthly_and_quarterly_are_shipped():
    assert {"monthly", "quarterly"} <= set(agenda.names())


MISTAKES = {  # text after the head: line, what the Chinese sentence says, what the English
    "- {screen: figure, metrics: [hotline.contacts]}": (3, "「figure」不是可用的畫面", "unknown screen"),
    "- {metrics: [hotline.contacts]}": (3, "不是可用的畫面", "unknown screen"),
    "- {screen: cover}\n- screen: figures\n  metrics: [hotline.contact]": (5, "hotline.contacts", "hotline.contacts"),
    "- screen: trend\n  metric: hotline.contacts\n  moths: 12": (5, "不認得「moths」", "unknown key 'moths'"),
    "- screen: trend": (3, "缺少「metric」", "'metric' is missing"),
    "- screen: bars\n  metric: hotline.contacts\n  by: axis": (5, "「axis」", "channel"),
    "- screen: trend\n  metric: awards.awards": (4, "沒有逐月資料", "not kept by month"),
    "- screen: figures\n  metrics: [hotline.contacts]\n  period: 112Q5": (5, "112Q5", "112Q1"),
    "- screen: figures\n  metrics: [hotline.contacts]\n  where: {axis: water}": (5, "「axis」", "axis"),
    "- screen: map\n  states: [late]": (4, "「late」不是已定義的燈號", "unknown state 'late'"),
    "- screen: works\n  list: yearly": (4, "「list」應為", "'list' should be"),
    "- screen: works\n  list: monthly\n  top: 40": (5, "「top」", "'top'"),
    "- screen: cover\n  title: {zh: 封面}": (4, "缺少「en」", "'en' is missing"),
    "- {screen: cover\n": (4, "不是有效的 YAML", "not valid YAML"),
}


@pytest.mark.parametrize("text", MISTAKES, ids=[text[:40].replace("\n", " ") for text in MISTAKES])
def test_a_mistake_is_told_with_its_line_in_both_languages(text):
    line, zh, en = MISTAKES[text]
    with pytest.raises(AgendaError) as error:
        agenda.read(HEAD + text, "mine.yml")
    said = str(error.value)
    assert f"第 {line} 行" in said and f"line {line}" in said, said
    left, right = said.split(" · ")
    assert zh in left and en in right, said


def test_an_agenda_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(AgendaError, match="monthly"):
        agenda.load("weekly")


def test_a_name_leads_out_of_no_folder():
    with pytest.raises(AgendaError):
        agenda.load("../words/frame")


def test_rdec_keeps_its_own_agendas_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("RDEC_AGENDAS", str(tmp_path))
    (tmp_path / "own.yml").write_text(HEAD + "- {screen: cover}\n", encoding="utf-8")
    assert agenda.names() == ["own"] and len(agenda.load("own").screens) == 1


def test_every_screen_is_named_in_the_shipped_file():
    text = (agenda.FOLDER / "monthly.yml").read_text(encoding="utf-8")
    assert set(agenda.SCREENS) <= set(re.findall(r"\b([a-z]+)\b", text.split("title:")[0]))


@pytest.mark.parametrize("name", ["nope", "pyproject.yml", "monthly.yml", "a" * 300, "a%00b"])
def test_an_address_opens_agendas_and_no_other_file(warehouse, name: str) -> None:
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from dashboard.server import ROUTES

    with TestClient(Starlette(routes=ROUTES)) as client:
        answer = client.get(f"/slides/a/{name}")
        assert answer.status_code == 404 and "monthly" in answer.text
        assert client.get("/slides/a/monthly").status_code == 200
