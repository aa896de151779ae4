"""Can these numbers be trusted: do they reproduce, where are they from, and by which rules are they made?"""

import streamlit as st

from dashboard import downloads, filters, provenance, reconciliation, tiles
from dashboard.words import pick, t

VIEWS = ("figures", "sources", "rules", "definitions", "checks")
top = st.container()
views = {each: t(f"sources.view_{each}") for each in VIEWS}
view = filters.option("view", views, t("sources.view"), required=True)
figures = reconciliation.figures()
with top:
    tiles.title(
        reconciliation.message(figures) if view == "figures" else provenance.message(view),
        t("frame.build", name=provenance.build()),
        t("sources.simulated_proves" if view == "figures" and provenance.simulated() else "sources.beneath"),
        simulated=view in ("figures", "sources") and provenance.simulated(),
    )

if view == "figures":
    with st.container(horizontal=True, vertical_alignment="center"):
        verdict = filters.option("verdict", reconciliation.verdicts(figures), t("sources.verdict"))
        documents = reconciliation.documents(figures)
        document = filters.option(
            "document", documents, t("frame.document"), listed=True, placeholder=t("sources.all_documents")
        )
    shown = [row for row in figures if verdict in (None, row["verdict"]) and document in (None, row["document"])]
    if shown:
        downloads.buttons(downloads.of_rows(t("sources.view_figures"), reconciliation.listing(shown)))
        tiles.table(reconciliation.columns(), [reconciliation.cells(row) for row in shown])
    else:
        st.info(t("sources.no_figures"), icon=":material/search_off:")
    st.markdown(t("sources.how_judged"))

elif view == "sources":
    sources = provenance.sources()
    tiles.table(provenance.source_columns(), [provenance.source_cells(row) for row in sources],
                take=t("sources.view_sources"))  # fmt: skip
    tiles.header(t("sources.rejects_heading"))
    left_out = {row["name"]: row for row in sources if provenance.rejects_file(row["name"])}
    if not left_out:
        st.info(t("sources.no_rejects"), icon=":material/check_circle:")
    for name, row in left_out.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(t("sources.rejects_of", rejects=row["rejects"], notes=row["notes"]), width="content")
            st.download_button(
                t("sources.download", name=pick(row)), provenance.rejects_file(name).read_bytes, f"{name}.csv",
                "text/csv", key=f"rejects-{name}", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        st.dataframe(provenance.rejects_of(name), hide_index=True)

elif view == "rules":
    tiles.table(provenance.rule_columns(), provenance.rules(), take=t("sources.view_rules"), simulated=False)

elif view == "definitions":
    sets = provenance.metric_sets()
    with st.container(horizontal=True, vertical_alignment="center"):
        said = filters.search("q", t("sources.search"))
        chosen = filters.option("set", sets, t("sources.set"), listed=True, placeholder=t("sources.all_sets"))
    for name in [chosen] if chosen else sets:
        if found := provenance.definitions(name, said):
            tiles.header(sets[name])
            tiles.table(provenance.metric_columns(), found)

else:
    tiles.table(provenance.pair(), provenance.manifest())
    tiles.header(t("sources.checks_heading"))
    tiles.table(provenance.check_columns(), provenance.checks(), take=t("sources.view_checks"), simulated=False)
