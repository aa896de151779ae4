"""How does one agency stand, beside the city? For when that bureau head stands up."""

from dashboard import one_page

one_page.show("agency_id", "agency")
