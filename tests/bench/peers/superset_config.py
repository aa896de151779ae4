"""How is Superset set for many readers? Answers cached on disk, pages open to all, nothing written down for each look."""

import os
from pathlib import Path

from superset.config import THEME_DEFAULT as PLAIN
from superset.utils.log import StdOutEventLogger

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = "for a measurement on this machine alone"
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
PUBLIC_ROLE_LIKE = "Public"
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": True}
EVENT_LOGGER = StdOutEventLogger()
LOG_LEVEL = "ERROR"
CACHE_CONFIG = {
    "CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(HOME / "cache"), "CACHE_DEFAULT_TIMEOUT": 86_400,
    "CACHE_THRESHOLD": 100_000,
}  # fmt: skip
DATA_CACHE_CONFIG = FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = CACHE_CONFIG
THEME_DEFAULT = PLAIN | {"echartsOptionsOverrides": {"animation": False}}  # else the last chart is a second late
THEME_DARK = None
