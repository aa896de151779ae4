"""What does a visitor see before there is a warehouse? Its building, once for all visitors, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import streamlit as st

from dashboard.warehouse import here
from dashboard.words import t
from data_pipeline.store import PROJECT

BUSY = 5  # the exit code of a command that found another one at work
AGAIN = 5.0  # seconds until it is looked again whether that one has ended
_lock = threading.Lock()
_state: dict = {"running": False, "step": "", "share": 0.0, "failed": False}


def needed() -> bool:
    return here().store.current_name() is None


@st.fragment(run_every=1.0)
def show() -> None:
    """Start the build if nobody has, show how far it is, and open the page when it is done."""
    _start()
    if not needed():
        st.rerun()
    if _state["failed"]:
        st.error(t("frame.build_failed"))
        return
    st.info(t("frame.no_build"))
    st.progress(min(1.0, _state["share"]), text=f"{t('frame.building')} {_state['step']}")


def _start() -> None:
    with _lock:
        if _state["running"] or _state["failed"] or not needed():
            return
        _state["running"] = True
    threading.Thread(target=_run, daemon=True).start()


def _run() -> None:
    command = [sys.executable, "-m", "data_pipeline", "--store", str(here().store.root), "build", "--if-missing",
               "--progress", "json"]  # fmt: skip
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout:
            if line.startswith("{"):
                _state.update(json.loads(line))
    busy = process.returncode == BUSY  # another process of the app has begun it: look again in a while
    if busy:
        time.sleep(AGAIN)
    _state.update(running=False, failed=process.returncode != 0 and not busy and needed())
