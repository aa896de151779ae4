"""The page without any framework: one HTML file, Plotly, and answers as JSON. `python bare_page.py MARTS PORT`"""

import json
import sys
from pathlib import Path

import brotli
import plotly
import questions
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

SCRIPT = brotli.compress((Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes(), quality=5)
PAGE = """<!doctype html><meta charset="utf-8"><title>bare</title><script src="/plotly.js"></script>
<select id="year">%s</select><select id="district">%s</select>
%s<script>
const chosen = (id) => document.getElementById(id).value;
async function draw() {
  const figures = await (await fetch(`/figures?year=${chosen("year")}&district=${chosen("district")}`)).json();
  figures.forEach((each, at) => Plotly.react(`chart${at}`, each.data, each.layout));
}
document.addEventListener("change", draw);
draw();
</script>"""


def page(request):
    years = "".join(f"<option>{each}</option>" for each in questions.YEARS)
    places = "".join(f'<option value="{code}">{name}</option>' for code, name in questions.districts())
    charts = "".join(f'<div id="chart{at}" style="width:49%;display:inline-block"></div>' for at in range(4))
    return Response(PAGE % (years, places, charts), media_type="text/html")


def script(request):
    headers = {"content-encoding": "br", "cache-control": "public, max-age=31536000, immutable"}
    return Response(SCRIPT, media_type="text/javascript", headers=headers)


def figures(request):
    found = questions.figures(request.query_params["year"], request.query_params["district"])
    return Response(json.dumps(found), media_type="application/json")


app = Starlette(routes=[Route("/", page), Route("/plotly.js", script), Route("/figures", figures)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
