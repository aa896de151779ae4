"""Which page is open, in which language, over which period? The script that `app.py` serves."""

import logging
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts the folder of app.py there, a test does not
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import filters, first_build, heard, look, menu, warehouse  # noqa: E402
from dashboard.words import t  # noqa: E402

# Streamlit writes one step of a reader in several: the choices, the page, then each choice again. Within a second
# they are one entry of the browser's history, so that its way back leads to where the reader was.
ONE_STEP = """<script>
if (!history.everyStep) {
  history.everyStep = history.pushState;
  let last = 0;
  history.pushState = function (...step) {
    const goes_on = Date.now() - last < 1000;
    last = Date.now();
    goes_on ? history.replaceState(...step) : history.everyStep(...step);
  };
}
</script>"""


def main() -> None:
    # The icon is our own file: a material icon's name would be fetched from outside.
    st.set_page_config(page_title=t("frame.title"), page_icon=str(ROOT / "dashboard" / "icon.svg"), layout="wide")
    look.apply()
    st.html(ONE_STEP, unsafe_allow_javascript=True)
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
    filters.bar(with_period=has_period)
    filters.standing()
    heard.begin()
    try:
        with warehouse.at(warehouse.here().name()):  # one build for the whole page
            page.run()
        filters.leave()
    except Exception:
        # The visitor gets a sentence; the log gets the traceback.
        logging.getLogger("dashboard").exception("page %s failed", page.url_path)
        st.error(t("frame.failed"), icon=":material/error:")


main()
