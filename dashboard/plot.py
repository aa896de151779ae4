"""How does a figure reach the browser? As markup that a small script of the house has Plotly's basic bundle draw.

Streamlit's own chart element brings Plotly's full bundle (4.7 MB) and builds every chart anew; see docs/decisions/0018.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from pathlib import Path

from markupsafe import Markup

from dashboard.markup import quoted

FOLDER = Path(__file__).parent / "browser"
SCRIPTS = ("chart.js", "page.js", "plotly-basic.min.js")
OF = "dashboard"
CHART = Markup(
    """<div class="chart" role="figure" aria-label="{alt}" data-key="{key}" data-told='{told}' """
    """style="height:{high}px"></div>"""
)


@functools.cache
def name() -> str:
    """The name of the component of the page. It is in the address of the scripts: other scripts, another one."""
    content = b"".join((FOLDER / each).read_bytes() for each in SCRIPTS)
    return f"chart-{hashlib.sha256(content).hexdigest()[:12]}"


def addresses() -> dict[str, Path]:
    """Where the browser finds the scripts."""
    return {f"/_stcore/bidi-components/{OF}.{name()}/{each}": FOLDER / each for each in SCRIPTS}


def markup(key: str, figure: dict, config: dict, alt: str, clicks: bool) -> Markup:
    """What a figure is drawn from; `clicks` says whether its marks can be pressed (`heard.mark`)."""
    told = config | {"figure": figure, "clicks": clicks}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    text = text.replace(">", "\\u003e")  # an attribute in which a comment could end is taken away by the framework
    return CHART.format(alt=alt, key=key, told=quoted(text), high=figure["layout"]["height"])
