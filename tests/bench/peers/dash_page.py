"""The page in Plotly Dash, as its own documents have it: `python dash_page.py MARTS PORT`"""

import sys

import questions
from dash import Dash, Input, Output, dcc, html
from waitress import serve

app = Dash(__name__, compress=True, title="1999")
charts = [dcc.Graph(id=f"chart{at}") for at in range(4)]
app.layout = html.Main([
    dcc.RadioItems(questions.YEARS, "all", id="year", inline=True),
    dcc.Dropdown(questions.districts(), "all", id="district", clearable=False),
    html.Div(charts, style={"display": "grid", "gridTemplateColumns": "1fr 1fr"}),
])  # fmt: skip


@app.callback([Output(f"chart{at}", "figure") for at in range(4)], Input("year", "value"), Input("district", "value"))
def draw(year, district):
    return list(questions.figures(year, district))


if __name__ == "__main__":
    serve(app.server, host="127.0.0.1", port=int(sys.argv[2]), threads=8)
