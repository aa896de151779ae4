"""The page in Apache Superset, one dashboard with filters of its own: `python superset_page.py MARTS PORT`"""

import json
import os
import shutil
import sys
from pathlib import Path

MARTS, PORT = Path(sys.argv[1]).resolve(), sys.argv[2]
HOME = MARTS.parent / "superset"
DAYS = """
select agency, sum(hours * cases) / sum(cases) / 24 as mean, min(hours) filter (where upto >= 0.9 * every) / 24 as p90,
       sum(cases) as cases
from (select *, sum(cases) over (partition by agency order by hours) as upto, sum(cases) over (partition by agency) as every
      from (select agency, hours, sum(cases) as cases from days where true
            {% for each in ('year', 'district') %}{% set chosen = filter_values(each, remove_filter=True) %}
            {% if chosen %}and {{ each }} in {{ chosen | where_in }}{% endif %}{% endfor %} group by all))
group by agency order by 4 desc limit 10"""
DATASETS = {
    "volume": ("", {"month": "DATE", "year": "BIGINT", "district": "VARCHAR", "channel": "VARCHAR", "contacts": "BIGINT"}),
    "satisfaction": ("", {"month": "DATE", "year": "BIGINT", "answers": "BIGINT", "good": "BIGINT"}),
    "agencies": (DAYS, {"agency": "VARCHAR", "mean": "DOUBLE", "p90": "DOUBLE", "year": "BIGINT", "district": "VARCHAR"}),
    "districts": ("", {"year": "BIGINT", "district": "VARCHAR", "contacts": "BIGINT"}),
}  # fmt: skip
# Its script tells the server which colours it used, and how long it took, and shows the login to whom that is forbidden.
MAY = (("all_datasource_access", "all_datasource_access"), ("can_write", "Dashboard"), ("can_log", "Superset"))


def metric(label, sql):
    return {"expressionType": "SQL", "sqlExpression": sql, "label": label, "hasCustomLabel": True, "optionName": label}


CHARTS = {
    "Contacts by month and channel": ("volume", "echarts_timeseries_line", {
        "x_axis": "month", "groupby": ["channel"], "metrics": [metric("contacts", "sum(contacts)")]}),
    "Satisfied, by month": ("satisfaction", "echarts_timeseries_line", {
        "x_axis": "month", "groupby": [], "metrics": [metric("share", "sum(good) / sum(answers)")]}),
    "Agencies: days to close": ("agencies", "echarts_timeseries_bar", {
        "x_axis": "agency", "groupby": [], "metrics": [metric("mean", "max(mean)"), metric("p90", "max(p90)")],
        "x_axis_sort": "mean", "x_axis_sort_asc": False}),
    "Contacts by district": ("districts", "echarts_timeseries_bar", {
        "x_axis": "district", "groupby": [], "metrics": [metric("contacts", "sum(contacts)")], "orientation": "horizontal",
        "x_axis_sort": "contacts", "x_axis_sort_asc": True}),
}  # fmt: skip


def query(table, told):
    """What its script asks for a chart, kept with the chart as Superset itself keeps it."""
    axis, names = told["x_axis"], [each["label"] for each in told["metrics"]]
    after = [{"operation": "pivot", "options": {"index": [axis], "columns": told["groupby"], "drop_missing_columns": False,
                                                "aggregates": {each: {"operator": "mean"} for each in names}}}]  # fmt: skip
    if "x_axis_sort" in told:
        after.append(
            {"operation": "sort", "options": {"by": told["x_axis_sort"], "ascending": told["x_axis_sort_asc"]}}
        )
    return {
        "datasource": {"id": table, "type": "table"}, "force": False, "result_format": "json", "result_type": "full",
        "queries": [{
            "filters": [], "extras": {"having": "", "where": ""}, "row_limit": 10_000, "series_columns": told["groupby"],
            "columns": [{"columnType": "BASE_AXIS", "sqlExpression": axis, "label": axis, "expressionType": "SQL",
                         "isColumnReference": True}, *told["groupby"]],
            "metrics": told["metrics"], "orderby": [[told["metrics"][0], False]], "order_desc": True,
            "post_processing": [*after, {"operation": "flatten"}],
        }],
    }  # fmt: skip


def prepare():
    """A metadata database with the four charts on one dashboard, open to the public."""
    from flask_migrate import upgrade
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        upgrade()
        from superset.extensions import appbuilder, db, security_manager

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        public = security_manager.find_role("Public")
        for each in MAY:
            security_manager.add_permission_role(public, security_manager.add_permission_view_menu(*each))
        draw(db.session)
        db.session.commit()


def draw(session):
    from superset.connectors.sqla.models import SqlaTable, TableColumn
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    database = Database(database_name="marts", sqlalchemy_uri=f"duckdb:///{MARTS}",
                        extra=json.dumps({"engine_params": {"connect_args": {"read_only": True}}}))  # fmt: skip
    session.add(database)
    tables = {}
    for name, (sql, columns) in DATASETS.items():
        tables[name] = SqlaTable(table_name=name, database=database, schema="main", sql=sql or None)
        tables[name].columns = [
            TableColumn(column_name=each, type=kind, is_dttm=kind == "DATE", groupby=True, filterable=True)
            for each, kind in columns.items()
        ]
        session.add(tables[name])
    session.flush()
    charts = []
    for title, (name, kind, told) in CHARTS.items():
        of = {"viz_type": kind, "datasource": f"{tables[name].id}__table", "row_limit": 10_000, "adhoc_filters": [],
              "show_legend": True, "rich_tooltip": True, "x_axis_title_margin": 15, "y_axis_title_margin": 15} | told  # fmt: skip
        charts.append(Slice(slice_name=title, viz_type=kind, datasource_type="table", datasource_id=tables[name].id,
                            params=json.dumps(of), query_context=json.dumps(query(tables[name].id, told))))  # fmt: skip
    session.add_all(charts)
    session.flush()
    whole = [each.id for each in charts]
    filters = [
        {"id": f"NATIVE_FILTER-{column}", "name": column, "type": "NATIVE_FILTER", "filterType": "filter_select",
         "targets": [{"datasetId": tables["districts"].id, "column": {"name": column}}], "cascadeParentIds": [],
         "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
         "controlValues": {"multiSelect": False, "enableEmptyFilter": False, "defaultToFirstItem": False,
                           "searchAllOptions": False, "inverseSelection": False},
         "scope": {"rootPath": ["ROOT_ID"], "excluded": without}, "tabsInScope": [],
         "chartsInScope": [each for each in whole if each not in without]}
        for column, without in (("year", []), ("district", [charts[1].id]))
    ]  # fmt: skip
    place = {"DASHBOARD_VERSION_KEY": "v2", "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
             "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": ["ROW-0", "ROW-1"], "parents": ["ROOT_ID"]}}  # fmt: skip
    for row in (0, 1):
        both = [f"CHART-{each.id}" for each in charts[2 * row : 2 * row + 2]]
        place[f"ROW-{row}"] = {"type": "ROW", "id": f"ROW-{row}", "children": both, "parents": ["ROOT_ID", "GRID_ID"],
                               "meta": {"background": "BACKGROUND_TRANSPARENT"}}  # fmt: skip
        for each in charts[2 * row : 2 * row + 2]:
            place[f"CHART-{each.id}"] = {
                "type": "CHART", "id": f"CHART-{each.id}", "children": [], "parents": ["ROOT_ID", "GRID_ID", f"ROW-{row}"],
                "meta": {"chartId": each.id, "width": 6, "height": 45, "sliceName": each.slice_name, "uuid": str(each.uuid)},
            }  # fmt: skip
    meta = {
        "native_filter_configuration": filters,
        "filter_bar_orientation": "HORIZONTAL",
        "cross_filters_enabled": False,
    }
    session.add(Dashboard(dashboard_title="1999", slug="hotline", published=True, slices=charts,
                          position_json=json.dumps(place), json_metadata=json.dumps(meta)))  # fmt: skip


if __name__ == "__main__":
    os.environ |= {
        "SUPERSET_HOME": str(HOME),
        "PYTHONPATH": str(Path(__file__).parent),
        "PYTHONWARNINGS": "ignore",
        "SCARF_ANALYTICS": "false",
    }
    if not (HOME / "ready").exists():
        shutil.rmtree(HOME, ignore_errors=True)
        HOME.mkdir()
        prepare()
        (HOME / "ready").touch()
    shutil.rmtree(HOME / "cache", ignore_errors=True)
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    os.execv(gunicorn, [gunicorn, "--bind", f"127.0.0.1:{PORT}", "--workers", "2", "--worker-class", "gthread",
                        "--threads", "8", "--keep-alive", "75", "--timeout", "120", "--no-control-socket", "superset.app:create_app()"])  # fmt: skip
