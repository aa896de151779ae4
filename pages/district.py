"""How does one district stand, beside the city?"""

from dashboard import one_page

one_page.show("district_id", "district")
