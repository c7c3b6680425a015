"""Gunicorn's settings for `modreg web`, which gives the address and the number of processes itself.

The registry's own settings stand in `registry.toml` and the environment; here is only how the processes run.
"""

import os

# Pages wait for the database and the index more than they compute: threads for the waiting, processes for the cores.
worker_class = "gthread"
threads = 8

# A list of thousands of records is cut into pages, so that no honest request takes half a minute.
timeout = 30
graceful_timeout = 30
keepalive = 5

# Renewed now and then, not all at once: what leaks in a library does not grow for ever.
max_requests = 10_000
max_requests_jitter = 1_000

# Requests are bounded before they reach the program.
limit_request_line = 8190
limit_request_fields = 60

# One JSON object a line on standard error, as everywhere in the program.
_level = os.environ.get("MODREG_LOG_LEVEL", "INFO")
_lines = {"level": _level, "handlers": ["error_console"], "propagate": False}
logconfig_dict = {
    "root": {"level": _level, "handlers": ["error_console"]},
    "loggers": {"gunicorn.error": _lines, "gunicorn.access": _lines},
    "formatters": {"generic": {"()": "registry.logs.json_lines"}},
}
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(L)s "%(f)s" "%(a)s"'
