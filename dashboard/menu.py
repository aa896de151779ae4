"""Which pages are there, under which address, and in which part of the menu?"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "pages"
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
        ("works", "works", ":material/engineering:", True),
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


def file(page: str) -> Path:
    """The script of a page."""
    return FOLDER / f"{page}.py"


def names() -> dict[str, str]:
    """Page → its address."""
    return {name: address for entries in PAGES.values() for name, address, _, _ in entries}


def address(page: str) -> str:
    return names()[page]
