"""How do marts over records run on a distributed engine? The same SQL, transpiled for a Spark Connect server.

A mart says of itself that it may: `-- engine: records` under its first line. The relations it names are written as
Parquet where the server can read them (the same path on both sides), its SQL and that of the staging views is
transpiled by sqlglot, and the result comes back by Arrow, in the types that DuckDB itself would have given it. The
packages are optional (`requirements-engine.txt`); nothing of them is imported before an engine is asked for.
"""

from __future__ import annotations

import re
import socket
import warnings
from pathlib import Path
from urllib.parse import urlsplit

import duckdb

DECLARED = re.compile(r"^-- engine: records$", re.M)
NAMED = re.compile(r"\b(raw|staging|marts|seeds)\.([a-z_0-9]+)")
COMMENT = re.compile(r"--[^\n]*")
PATIENCE = 5  # seconds until a server that does not answer counts as gone
PORT = 15002


class EngineFault(Exception):
    """The engine cannot do it; nothing has been published."""

    def __init__(self, zh: str, en: str):
        super().__init__(
            f"{zh}，沒有發布，原有版本繼續使用 · {en}; nothing was published, the build in use stays in use"
        )


class Engine:
    """A session with a Spark Connect server."""

    def __init__(self, address: str):
        self.address, self.made = address, []
        place = urlsplit(address)
        try:
            at = (place.hostname, place.port or PORT)
        except ValueError:  # not a port
            at = (None, None)
        if place.scheme != "sc" or not at[0]:
            raise EngineFault(
                f"「{address}」不是引擎位址，請寫 sc://主機:埠", f"“{address}” is no engine; write sc://host:port"
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that pandas 3 is new to it; nothing here goes through pandas
                import sqlglot  # noqa: F401
                from pyspark.sql.connect.client.retries import DefaultPolicy
                from pyspark.sql.connect.session import SparkSession
        except ImportError as error:
            raise EngineFault(
                f"缺少套件 {error.name}，請先執行 pip install -r requirements-engine.txt",
                f"The package {error.name} is missing; run pip install -r requirements-engine.txt first",
            ) from error
        try:
            socket.create_connection(at, PATIENCE).close()
            self.spark = SparkSession.builder.remote(address).create()
            self.spark.client.set_retry_policies([DefaultPolicy(max_retries=3)])
            # A time is what the clock on the wall showed, on both sides.
            self.spark.conf.set("spark.sql.session.timeZone", "UTC")
        except Exception as error:  # whatever gRPC or the server says
            raise self._gone(error) from error

    def make(self, con: duckdb.DuckDBPyConnection, name: str, texts: dict[str, str], folder: Path) -> bool:
        """Create the table `name`, computed by the engine; False where it is not one over records."""
        if not DECLARED.search(texts[name]):
            return False
        wanted = con.execute(f"describe {texts[name]}").fetchall()
        folder.mkdir(exist_ok=True)
        asked = self._translate(con, name, texts, folder)
        try:
            rows = self.spark.sql(asked).toArrow()
        except Exception as error:
            raise self._gone(error, name) from error
        columns = ", ".join(f'"{column}"::{kind} as "{column}"' for column, kind, *_ in wanted)
        con.register("from_engine", rows)
        con.execute(f"create table {name} as select {columns} from from_engine")
        con.unregister("from_engine")
        self.made.append(name)
        return True

    def close(self) -> None:
        self.spark.stop()

    def _translate(self, con, name: str, texts: dict[str, str], folder: Path) -> str:
        """The statement as the engine reads it; what it names stands ready there as a view."""
        for schema, table in sorted(set(NAMED.findall(COMMENT.sub("", texts[name])))):
            relation = f"{schema}.{table}"
            if relation in texts and schema == "staging":
                asked = self._translate(con, relation, texts, folder)
            else:
                asked = f"select * from parquet.`{self._write(con, relation, folder)}`"
            try:
                self.spark.sql(asked).createOrReplaceTempView(f"{schema}_{table}")
            except Exception as error:
                raise self._gone(error, relation) from error
        return for_spark(con, name, texts[name])

    def _write(self, con, relation: str, folder: Path) -> Path:
        path = folder / f"{relation}.parquet"
        if not path.exists():
            told = str(path).replace("'", "''")
            con.execute(f"copy {relation} to '{told}' (format parquet)")
        return path

    def _gone(self, error: Exception, name: str = "") -> EngineFault:
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
        at = f" ({name})" if name else ""
        return EngineFault(
            f"引擎 {self.address} 無法使用{at}：{said}，請確認服務與路徑，或不用 --engine",
            f"The engine {self.address} cannot be used{at}: {said}; "
            "check the server and its paths, or go without --engine",
        )


def for_spark(con: duckdb.DuckDBPyConnection, name: str, text: str) -> str:
    """A `select` of DuckDB in Spark's words. What sqlglot cannot know is said here, with its reason."""
    from sqlglot import errors, exp, parse_one
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify

    known = con.execute("select function_name from duckdb_functions() where not internal").fetchall()
    macros = {each for (each,) in known}
    rules = dict(con.execute("select name, value from meta.rules").fetchall())
    schema: dict = {}
    for relation in {f"{left}.{right}" for left, right in NAMED.findall(COMMENT.sub("", text))}:
        left, right = relation.split(".")
        columns = con.execute(f"describe {relation}").fetchall()
        schema.setdefault(left, {})[right] = {
            column: "VARCHAR" if kind.startswith("ENUM") else kind for column, kind, *_ in columns
        }

    def say(node: exp.Expression) -> exp.Expression:
        called = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if called == "rule":
            return exp.cast(exp.Literal.number(rules[node.expressions[0].name]), "double")
        if called in macros:
            raise errors.UnsupportedError(f"macro {called}")
        return node

    def differ(node: exp.Expression) -> exp.Expression:
        match node:
            case exp.Select() if (group := node.args.get("group")) and group.args.get("all"):
                # Not every server knows ALL: the places of what is not aggregated.
                places = [at for at, each in enumerate(node.selects, 1) if not each.find(exp.AggFunc)]
                group.replace(exp.Group(expressions=[exp.Literal.number(at) for at in places]))
            case exp.Anonymous() | exp.ToDays() if node.sql("duckdb").upper().startswith("TO_DAYS"):
                days = node.expressions or [node.this]
                return exp.Anonymous(this="make_dt_interval", expressions=days)
            case exp.Sub() if node.left.is_type("date") and node.right.is_type("date"):
                # Days in DuckDB, an interval in Spark.
                return exp.cast(exp.Anonymous(this="datediff", expressions=[node.left, node.right]), "bigint")
            case exp.DateDiff() if node.text("unit").upper() == "MINUTE":
                # DuckDB counts the full minutes that have struck in between, Spark those that have passed.
                later, earlier = (
                    exp.Anonymous(this="unix_timestamp", expressions=[
                        exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string("MINUTE"), each])])
                    for each in (node.this, node.expression)
                )  # fmt: skip
                return exp.paren(exp.IntDiv(this=exp.paren(later - earlier), expression=exp.Literal.number(60)))
            case exp.Table() if node.db:
                alias = node.alias or node.name
                return exp.alias_(exp.to_table(f"{node.db}_{node.name}"), alias, table=True)
        return node

    try:
        tree = parse_one(text, read="duckdb").transform(say)
        tree = qualify(tree, schema=schema, dialect="duckdb", quote_identifiers=False, identify=False)
        tree = annotate_types(tree, schema=schema, dialect="duckdb").transform(differ)
        return tree.sql(dialect="spark", unsupported_level=errors.ErrorLevel.RAISE)
    except (errors.SqlglotError, KeyError) as error:
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise EngineFault(
            f"{name} 無法在引擎上執行（{said}），請刪去它的 engine 宣告",
            f"{name} cannot run on the engine ({said}); take its engine line away",
        ) from error
