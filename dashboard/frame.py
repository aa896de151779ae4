"""Which page is open, in which language, over which period? The script that `app.py` serves."""

import copy
import logging
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts the folder of app.py there, a test does not
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from streamlit.delta_generator import DeltaGenerator  # noqa: E402

from dashboard import body, filters, first_build, heard, look, menu, warehouse, words  # noqa: E402
from dashboard.words import t  # noqa: E402


def main() -> None:
    # The icon is our own file: a material icon's name would be fetched from outside.
    st.set_page_config(page_title=t("frame.title"), page_icon=str(ROOT / "dashboard" / "icon.svg"), layout="wide")
    look.apply()
    pages, known = {}, {}
    for section, entries in menu.PAGES.items():
        for name, address, icon, has_period in entries:
            page = st.Page(
                menu.file(name), title=t(f"{name}.menu"), icon=icon, url_path=address or None,
                default=not address,
            )  # fmt: skip
            pages.setdefault(t(f"frame.{section}") if section else "", []).append(page)
            known[page.url_path] = name, has_period
    page = st.navigation(pages, position="top")
    if first_build.needed():
        first_build.show()
        st.stop()
    name, has_period = known[page.url_path]
    st.session_state["page"] = name
    slot = filters.bar()
    filters.standing()
    heard.listen()
    _body(page, slot if has_period else None)


@st.fragment
def _body(page: st.Page, period: DeltaGenerator | None) -> None:
    """The page below the frame: what is chosen on it draws it alone, the frame stays as it is."""
    heard.begin()
    filters.begin(period is not None)
    try:
        # One build and one language for the whole page: neither is looked up again for each word.
        with warehouse.at(warehouse.here().name()), words.speaking(words.language()), body.collected():
            copy.copy(page).run()  # a page runs once; a copy of it each time
        filters.leave()
    except Exception:
        # The visitor gets a sentence; the log gets the traceback.
        logging.getLogger("dashboard").exception("page %s failed", page.url_path)
        st.error(t("frame.failed"), icon=":material/error:")
    finally:
        filters.tell()
        heard.done()
        if period:
            filters.show_period(period)


main()
