"""Which page is open, in which language, over which period? The script that `app.py` serves."""

import logging
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:  # `streamlit run` puts the folder of app.py there, a test does not
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard import filters, first_build, look  # noqa: E402
from dashboard.words import t  # noqa: E402

# section → pages: (file, address, icon, whether the period applies)
PAGES = {
    "": [
        ("overview", "", ":material/dashboard:", True),
        ("meeting", "meeting", ":material/co_present:", False),
    ],
    "section_service": [
        ("hotline", "hotline", ":material/call:", True),
        ("petitions", "petitions", ":material/mail:", True),
        ("service_quality", "service-quality", ":material/support_agent:", True),
    ],
    "section_works": [
        ("works", "works", ":material/engineering:", False),
        ("work", "work", ":material/timeline:", False),
        ("forward_looking", "forward-looking", ":material/construction:", True),
        ("sites", "sites", ":material/map:", False),
    ],
    "section_results": [
        ("awards", "awards", ":material/trophy:", True),
        ("service_award", "service-award", ":material/military_tech:", False),
        ("goals", "goals", ":material/flag:", True),
        ("participation", "participation", ":material/groups:", True),
    ],
    "section_units": [
        ("agency", "agency", ":material/account_balance:", True),
        ("district", "district", ":material/location_city:", True),
    ],
    "section_data": [
        ("sources", "sources", ":material/database:", False),
        ("filing", "filing", ":material/upload_file:", False),
    ],
}


def main() -> None:
    # The icon is our own file: a material icon's name would be fetched from outside.
    st.set_page_config(page_title=t("frame.title"), page_icon=str(ROOT / "dashboard" / "icon.svg"), layout="wide")
    look.apply()
    pages, with_period = {}, set()
    for section, entries in PAGES.items():
        for name, address, icon, has_period in entries:
            page = st.Page(
                ROOT / "pages" / f"{name}.py", title=t(f"{name}.menu"), icon=icon, url_path=address or None,
                default=not address,
            )  # fmt: skip
            pages.setdefault(t(f"frame.{section}") if section else "", []).append(page)
            if has_period:
                with_period.add(page.title)
    page = st.navigation(pages, position="top")
    if first_build.needed():
        first_build.show()
        st.stop()
    filters.bar(with_period=page.title in with_period)
    filters.standing()
    try:
        page.run()
        st.session_state.pop("going", None)  # a choice that this page does not have goes no further
    except Exception:
        # The visitor gets a sentence; the log gets the traceback.
        logging.getLogger("dashboard").exception("page %s failed", page.url_path)
        st.error(t("frame.failed"), icon=":material/error:")


main()
