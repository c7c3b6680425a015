"""Which characters no request of ours has: databases refuse some of them, logs and terminals obey others."""

from __future__ import annotations

import re

NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
