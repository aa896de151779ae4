"""The front door: one ASGI app. Pages at /, the Open API at /api, health at /healthz.

`streamlit run app.py` (or `uvicorn app:app`). The script that Streamlit runs is `dashboard/frame.py`: were it to stand
beside `pages/`, the old page scanner would list the folder and break deep links (docs/decisions/0002).
"""

from pathlib import Path

import streamlit as st

from dashboard import server

app = st.App(
    Path(__file__).parent / "dashboard" / "frame.py",
    routes=server.ROUTES,
    lifespan=server.lifespan,
    middleware=server.MIDDLEWARE,
)
