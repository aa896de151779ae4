"""Which cells of a table may be kept? Asked before anything of a file is written down.

Columns go by their header: a declared personal one, and one that everybody knows to mean a person, go altogether. Where
a source has personal data at all, a column that is not declared keeps its header, so that it can be told, and nothing
else. Text outside of the columns may name a person too: titles, notes and cells beyond the header's width of such a
source are kept as their length alone. So is, in a row longer than the header, all that stands from the first such
column on: a comma without quotes has moved it.
"""

from __future__ import annotations

from collections.abc import Iterator

from data_pipeline import clean
from data_pipeline.clean import UNIT_ABOVE, plain
from data_pipeline.declarations import Source
from data_pipeline.grids import Grid


class Redacted:
    """A table as it may be kept. `changed` says, once all `rows` were taken, whether anything was left out."""

    def __init__(self, grid: Grid, source: Source):
        """Reads as far as the header. Raises FileFault where there is none."""
        self.source = source
        self._rest = iter(grid)
        self.header, self._printed, self._above = clean.find_header(self._rest, source)
        self.gone, self.emptied = frozenset(self.header.personal), frozenset(self.header.undeclared)
        self.changed = bool(self.gone)

    @property
    def concerned(self) -> bool:
        """May there be anything to leave out? If not, the file can be kept without looking at its rows."""
        return bool(self.source.personal or self.gone)

    def rows(self) -> Iterator[list[str]]:
        for _, cells in self._above:
            yield self._title(cells) if self.source.personal else self._kept(cells)
        yield self._kept(self._printed)
        width = len(self.header.columns)
        aside = clean.judge(self.header, self._printed, self.source)
        for _, cells in self._rest:
            verdict = aside(cells)
            if verdict == "note_row" and self.source.personal:
                yield self._note(cells)
            elif verdict == "too_many_cells":
                yield self._too_long(cells, width)
            elif verdict == "repeated_header":
                yield self._kept(cells)
            else:
                yield self._kept(self._known(cells))

    def _kept(self, cells: list[str]) -> list[str]:
        if not self.gone:
            return cells
        width = len(self.header.columns)
        return [cell for place, cell in enumerate(cells) if place not in self.gone and place < width]

    def _known(self, cells: list[str]) -> list[str]:
        """Without what stands in columns that nobody declared."""
        if not any(place < len(cells) and cells[place].strip() for place in self.emptied):
            return cells
        self.changed = True
        return ["" if place in self.emptied else cell for place, cell in enumerate(cells)]

    def _title(self, cells: list[str]) -> list[str]:
        """Of the text above a table only the unit of its money is needed."""
        units = [found[0] for cell in cells if (found := UNIT_ABOVE.match(plain(cell)))]
        rest = [cell for cell in cells if cell.strip() and plain(cell) not in units]
        if not rest:
            return cells
        self.changed = True
        return [*units, clean.omit(rest)]

    def _note(self, cells: list[str]) -> list[str]:
        """A note stays one, in its place, or in the first that has room for it."""
        self.changed = True
        required = {name for name, column in self.source.columns.items() if column.required}
        room = [place for place, name in enumerate(self.header.columns) if name and name not in required]
        at = next(place for place, cell in enumerate(cells) if cell.strip())
        if at in self.gone or at >= len(self.header.columns):
            at = room[0] if room else next(place for place, name in enumerate(self.header.columns) if name)
        return self._kept([*[""] * at, f"註：{clean.omit(cells)}"])

    def _too_long(self, cells: list[str], width: int) -> list[str]:
        if not self.concerned:
            return cells
        self.changed = True
        sure = min(self.gone | self.emptied, default=width)
        return [
            *(cell if place < sure else "" for place, cell in enumerate(cells[:width]) if place not in self.gone),
            clean.omit(cells[sure:]),
        ]
