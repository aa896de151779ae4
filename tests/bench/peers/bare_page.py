"""The page without any framework: one HTML file, Plotly, and answers as JSON. `python bare_page.py MARTS PORT`"""

import functools
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

PAGE = """<!doctype html><html lang="zh-Hant"><meta charset="utf-8"><title>1999</title><script src="/plotly.js"></script>
<main><select id="year">%s</select> <select id="district">%s</select>
<div style="display:grid;grid-template-columns:1fr 1fr">%s</div></main><script>
const chosen = (id) => document.getElementById(id).value;
async function draw() {
  const figures = await (await fetch(`/figures?year=${chosen("year")}&district=${chosen("district")}`)).json();
  figures.forEach((each, at) => Plotly.react(`chart${at}`, each.data, each.layout));
}
document.addEventListener("change", draw);
draw();
</script></html>"""


def page(request):
    years, places = ("".join(f"<option>{each}" for each in many) for many in (questions.YEARS, questions.districts()))
    charts = "".join(f'<div id="chart{at}"></div>' for at in range(4))
    return Response(PAGE % (years, places, charts), media_type="text/html")


@functools.cache
def pressed():
    return brotli.compress((Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes(), quality=5)


def script(request):
    headers = {"content-encoding": "br", "cache-control": "public, max-age=31536000, immutable"}
    return Response(pressed(), media_type="text/javascript", headers=headers)


@functools.lru_cache(maxsize=1024)
def told(year, district):
    return json.dumps(questions.figures(year, district))


def figures(request):
    return Response(told(request.query_params["year"], request.query_params["district"]), media_type="application/json")


app = Starlette(routes=[Route("/", page), Route("/plotly.js", script), Route("/figures", figures)])

if __name__ == "__main__":
    pressed()
    uvicorn.run(app, port=int(sys.argv[2]), log_level="error", timeout_keep_alive=75)
