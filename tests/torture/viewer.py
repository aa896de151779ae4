"""How does a page look to somebody who looks without a browser? A session over Streamlit's websocket.

with Viewer(address) as viewer:
    viewer.open("works", "year=112")     as a browser opens a link
    viewer.choose()                      change one of the page's filters
"""

from __future__ import annotations

import html
import json
import random
import re
import time
from dataclasses import dataclass, field

import websockets.sync.client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SECONDS = 120
CARRIED = re.compile(r"<div class=\"carrier\" hidden data-page='([^']*)'")
LIST = re.compile(r'<select class="choice" data-key="([^"]*)" aria-label="([^"]*)"([^>]*)>(.*?)</select>', re.S)
OPTION = re.compile(r'<option value="([^"]*)"( selected)?>')


@dataclass
class Seen:
    """One run of a page: how long it took, how much came, what went wrong, and the filters that it has."""

    seconds: float = 0.0
    size: int = 0
    rows: int = 0  # of tables in HTML
    faults: list[str] = field(default_factory=list)
    choices: dict[str, int] = field(default_factory=dict)  # id of a filter → how many options
    kinds: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)  # what stands on it → its id
    fields: dict[str, str] = field(default_factory=dict)  # label of a field for text → its id
    lists: dict[str, tuple[str, list[str]]] = field(default_factory=dict)  # of a form: label → id and options
    marked: dict[str, str] = field(default_factory=dict)  # lists in the markup: key → what is chosen
    ear: str = ""  # the component that tells what was chosen in them
    fragment: str = ""  # what is run then


class Viewer:
    """One person at one screen."""

    def __init__(self, address: str, dice: random.Random | None = None, cookie: str = ""):
        self.origin, self.cookie = address, cookie
        self.address = f"ws{address.removeprefix('http')}/_stcore/stream"
        self.dice = dice or random.Random(0)
        self.seen = Seen()
        self.page, self.query, self.chosen, self.known = "", "", {}, {}

    def __enter__(self) -> Viewer:
        # A login counts only with the token against forged requests, which a browser sends as a second protocol.
        token = re.search(r"_streamlit_xsrf=([^;]+)", self.cookie)
        self.opened = websockets.sync.client.connect(
            self.address, subprotocols=["streamlit", *([token[1]] if token else [])], max_size=None, open_timeout=60, proxy=None, compression=None,
            origin=self.origin, additional_headers={"Cookie": self.cookie} if self.cookie else None,
        )  # fmt: skip
        self.link = self.opened.__enter__()
        return self

    def __exit__(self, *raised) -> None:
        self.opened.__exit__(*raised)

    def open(self, page: str, query: str = "") -> Seen:
        """Open a page by its address, as a link or the menu does."""
        self.page, self.query, self.chosen, self.hash = page, query, {}, ""
        return self._run()

    def choose(self) -> Seen:
        """Change one filter of the page to another of its options."""
        able = [each for each, many in self.seen.choices.items() if many > 1]
        if not able:
            return self.open(self.page, self.query)
        one = self.dice.choice(able)
        taken = self.dice.choice(self.seen.options[one])
        if self.seen.kinds[one] == "list":
            return self._run(lists=self.seen.marked | {one: taken})
        self.chosen[one] = taken
        return self._run()

    def answer(self, button: str, texts: dict[str, str]) -> dict | None:
        """What a screen would send on this button with these texts in its fields; the last option of every list."""
        at = next((one for said, one in self.seen.buttons.items() if button in said), None)
        if at is None:
            return None
        said = {
            one: text
            for label, one in self.seen.fields.items()
            for start, text in texts.items()
            if label.startswith(start)
        }
        return {
            "trigger": at,
            "texts": said | {one: options[-1] for one, options in self.seen.lists.values() if options},
        }

    def send(self, answer: dict) -> Seen:
        """Send such an answer."""
        return self._run(answer)

    def _run(self, answer: dict | None = None, lists: dict[str, str] | None = None) -> Seen:
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = self.page
        asked.rerun_script.page_script_hash = self.hash if lists else ""
        asked.rerun_script.widget_states.SetInParent()
        # A browser forgets what is no longer on the page, or no longer one of its options.
        self.chosen = {one: value for one, value in self.chosen.items() if value in self.seen.options.get(one, ())}
        for one, value in self.chosen.items():
            state = asked.rerun_script.widget_states.widgets.add()
            state.id = one
            if self.seen.kinds.get(one) == "button_group":
                state.string_array_value.data.append(value)
            else:
                state.string_value = value
        if answer:
            asked.rerun_script.widget_states.widgets.add(id=answer["trigger"], trigger_value=True)
            for one, text in answer["texts"].items():
                asked.rerun_script.widget_states.widgets.add(id=one, string_value=text)
        if lists:
            asked.rerun_script.fragment_id = self.seen.fragment
            asked.rerun_script.widget_states.widgets.add(id=self.seen.ear, json_value="{}")
            told = asked.rerun_script.widget_states.widgets.add(id=f"$$STREAMLIT_INTERNAL_KEY_{self.seen.ear}__events")
            told.json_trigger_value = json.dumps([{"event": "press", "value": {"lists": lists}}])
        started = time.perf_counter()
        self.link.send(asked.SerializeToString())
        before, self.seen = self.seen, Seen()
        runs = 0
        while True:
            raw = self.link.recv(timeout=SECONDS)
            self.seen.size += len(raw)
            message = ForwardMsg()
            message.ParseFromString(raw)
            match message.WhichOneof("type"):
                case "delta":
                    self._element(message.delta)
                case "page_not_found":
                    self.seen.faults.append(f"no page {self.page}")
                case "new_session":
                    self.hash = message.new_session.page_script_hash
                case "page_info_changed":
                    self.query = message.page_info_changed.query_string
                case "script_finished":
                    runs += 1
                    # A run that was stopped for another one (2) is not the answer.
                    if message.script_finished in (0, 1, 3) or runs > 3:
                        if message.script_finished == 1:
                            self.seen.faults.append("the script could not be run")
                        break
        self.seen.seconds = time.perf_counter() - started
        if (lists or not self.seen.choices) and not self.seen.faults:  # what was not drawn anew is still there
            for name in ("choices", "options", "kinds", "marked"):
                setattr(self.seen, name, getattr(before, name) | getattr(self.seen, name))
        self.seen.ear, self.seen.fragment = self.seen.ear or before.ear, self.seen.fragment or before.fragment
        return self.seen

    def _element(self, delta) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        match element.WhichOneof("type"):
            case "exception":
                self.seen.faults.append(f"{element.exception.type}: {element.exception.message[:200]}")
            case "alert":
                if "這一頁" in element.alert.body and "失敗" in element.alert.body:
                    self.seen.faults.append(element.alert.body[:200])
                if element.alert.format == element.alert.ERROR:
                    self.seen.faults.append(element.alert.body[:200])
            case "html":
                page = CARRIED.match(element.html.body)
                text = html.unescape(page[1]) if page else element.html.body
                self.seen.rows += text.count("<tr")
                for key, label, how, options in LIST.findall(text):
                    self._list(key, label, how, OPTION.findall(options))
            case "bidi_component" if "draw" in element.bidi_component.json:
                self.seen.ear, self.seen.fragment = element.bidi_component.id, delta.fragment_id
            case "button":
                self.seen.buttons[element.button.label] = element.button.id
            case "text_input" | "text_area" as kind:
                widget = getattr(element, kind)
                self.seen.fields[widget.label] = widget.id
            case "selectbox" if element.selectbox.form_id:
                self.seen.lists[element.selectbox.label] = element.selectbox.id, list(element.selectbox.options)
            case "selectbox":
                self._filter(element.selectbox, "selectbox", list(element.selectbox.options))
            case "button_group":
                self._filter(
                    element.button_group, "button_group", [each.content for each in element.button_group.options]
                )

    def _list(self, key: str, label: str, how: str, options: list[tuple[str, str]]) -> None:
        """A list in the markup."""
        self.seen.marked[key] = next((code for code, chosen in options if chosen), options[0][0])
        if "disabled" not in how and self._wanted(label):
            self.seen.choices[key], self.seen.kinds[key] = len(options), "list"
            self.seen.options[key] = [code for code, _ in options]

    def _wanted(self, label: str) -> bool:
        return True

    def _filter(self, widget, kind: str, options: list[str]) -> None:
        if not widget.disabled and not widget.form_id and self._wanted(widget.label):
            self.seen.choices[widget.id] = len(options)
            self.seen.options[widget.id] = options
            self.seen.kinds[widget.id] = kind
