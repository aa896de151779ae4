"""What are titles, tiles, chips and small tables in HTML? All HTML of pages is here, but for a chart's (`plot.py`) and
a button's (`heard.py`), which markupsafe escapes.

Every value goes through Jinja's autoescape: no text from the data can become markup.
"""

import jinja2
from markupsafe import Markup

_html = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)

TITLE = _html.from_string("""
<h1 class="message" aria-live="polite">{{ message }}</h1>
<p class="beneath">
{% for part in parts %}<span>{{ part }}</span>{% endfor %}
{% if simulated %}<span class="mark">△ {{ simulated }}</span>{% endif %}
</p>""")

# A page as one text in one attribute: `page.js` puts it on the screen.
CARRIER = Markup("""<div class="carrier" hidden data-page='{}'></div>""")
PLACE = _html.from_string(
    '<div class="{{ kind }}"{% if key %} data-key="{{ key }}"{% endif %}>'
    "{% for part in parts %}<div>{{ part }}</div>{% endfor %}</div>"
)
NOTE = _html.from_string('<p class="note">{{ text }}</p>')
NOTHING = _html.from_string('<p class="nothing" role="note"><span aria-hidden="true">○</span> {{ text }}</p>')
WARNING = _html.from_string('<p class="nothing warning" role="note"><span aria-hidden="true">▲</span> {{ text }}</p>')

# A list of options as the browser has it: what is pressed and chosen is heard by `chart.js`.
LIST = _html.from_string("""
<select class="choice" data-key="{{ key }}" aria-label="{{ label }}" title="{{ label }}" style="width:{{ wide }}px"
{{- ' disabled' if disabled }}>
{% for code, said in options %}<option value="{{ code }}"{{ ' selected' if code == chosen }}>{{ said }}</option>
{% endfor %}</select>""")

OPTIONS = _html.from_string("""
<div class="options" role="group" aria-label="{{ label }}">{% for code, said in options %}
<button class="going" type="button" data-key="{{ key }}" data-code="{{ code }}"
 aria-pressed="{{ 'true' if code == chosen else 'false' }}">{{ said }}</button>{% endfor %}</div>""")

# Tiles come as markup already: each was rendered by TILE.
TILES = _html.from_string('<div class="tiles">{% for tile in tiles %}{{ tile }}{% endfor %}</div>')

HEADER = _html.from_string('<h2 class="head">{{ text }}{% if small %} <small>{{ small }}</small>{% endif %}</h2>')

TILE = _html.from_string("""
<div class="tile">
<div class="label">{{ label }}</div>
<div class="value{{ ' long' if value|length > 7 }}" title="{{ exact }}">{{ value }}<small>{{ unit }}</small></div>
{% for line in lines %}<div class="line">{{ line }}</div>{% endfor %}
{% if spark %}<img src="{{ spark }}" alt="{{ spark_label }}">{% endif %}
<div class="foot">{% if mark %}<span class="mark {{ mark_class }}">{{ mark }}</span> {% endif %}{{ foot }}</div>
<div class="doing">{{ about }}</div>
</div>""")

# An image and not markup of the page: the page's sanitiser takes SVG out.
SPARK = _html.from_string(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 34" preserveAspectRatio="none">'
    '<polyline points="{{ points }}" fill="none" stroke="{{ colour }}" stroke-width="2.5"'
    ' vector-effect="non-scaling-stroke"/></svg>'
)

CHIP = _html.from_string(
    '<span class="chip" style="background:{{ state.colour }};color:{{ state.text }}">{{ state.icon }} {{ word }}</span>'
)

TABLE = _html.from_string("""
<table class="plain{{ ' compact' if compact }}"><thead><tr>
{% for column in columns %}
<th class="{{ column.align }}" scope="col" style="width:{{ column.width or 'auto' }}">{{ column.title }}</th>
{% endfor %}
</tr></thead><tbody>
{% for row in rows %}<tr>
{% for cell in row %}<td class="{{ columns[loop.index0].align }}">{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>""")


STRIP = _html.from_string("""
<ol class="strip">{% for cell in cells %}
<li title="{{ cell.month }} {{ cell.word }}">
{% if cell.state %}<span class="chip" style="background:{{ cell.state.colour }};color:{{ cell.state.text }}">
{{ cell.state.icon }}<span class="aloud"> {{ cell.word }}</span></span>
{% else %}<span class="chip">–</span>{% endif %}
<small>{{ cell.month }}</small></li>{% endfor %}</ol>""")
TOLD = _html.from_string("""{{ drawn }}
{% if sentence %}<p class="told">{{ sentence }}</p>{% endif %}
{% if buttons %}<div class="doing">{% for each in buttons %}{{ each }}{% endfor %}</div>{% endif %}""")
STACKED = _html.from_string('{{ main }}{% for line in beneath %}<div class="quote">{{ line }}</div>{% endfor %}')
INDENTED = _html.from_string('<span class="depth{{ depth }}">{{ text }}</span>')
HINT = _html.from_string('<span title="{{ full }}">{{ text }}</span>')
LINK = _html.from_string('<a href="{{ address }}" target="_self">{{ text }}</a>')
MARKED = _html.from_string('{{ text }}{% if mark %} <span class="mark">△ {{ mark }}</span>{% endif %}')
BADGED = _html.from_string('<span class="mark published">{{ mark }}</span> {{ text }}')
HEADERS = _html.from_string("""
<dl class="headers">
<dt>{{ seen_title }}</dt>
<dd class="chips">{% for each in seen %}<span class="chip seen">{{ each }}</span>{% else %}—{% endfor %}</dd>
{% if required %}<dt>{{ required_title }}</dt>
<dd class="chips">{% for each, had in required %}
<span class="chip {{ 'had' if had else 'lacks' }}">{{ '✔' if had else '✖' }} {{ each }}</span>
{% endfor %}</dd>{% endif %}
</dl>""")
CODE = _html.from_string("<code>{{ text }}</code>")


def quoted(text: str) -> Markup:
    """A long text as an attribute between single quotes: double ones, of which it is full, stay as they are."""
    return Markup(text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;"))


def carried(page: str) -> str:
    """A page, or a piece of one, as `page.js` takes it."""
    return CARRIER.format(quoted(page))
