"""How does the same deck give the same bytes? Office files are archives that stamp their parts with the clock."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

FIRST = (1980, 1, 1, 0, 0, 0)  # the oldest date an archive can say


def settle(data: bytes) -> bytes:
    """The same archive, in the same order, without the hour of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.infolist():
            entry = zipfile.ZipInfo(each.filename, FIRST)
            entry.compress_type, entry.external_attr = each.compress_type, each.external_attr
            new.writestr(entry, old.read(each))
    return out.getvalue()


def naive(made: dt.datetime) -> dt.datetime:
    """In UTC and to the second, as the properties of office files want it."""
    return made.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
