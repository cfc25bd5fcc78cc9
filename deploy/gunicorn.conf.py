"""How Gunicorn serves in production: `gunicorn -c deploy/gunicorn.conf.py wsgi:app`.

Threads for waiting, processes for cores. Everything that is logged is a line of JSON on standard error without
personal data; Gunicorn's own access log is off, because addresses hold the secrets of mailed links. The platform
writes one line for each request instead.
"""

import os

from lms.core.logs import configuration

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
no_control_socket = True
# An answer that takes longer is a fault; what takes long is a job of the relay.
timeout = 60
graceful_timeout = 30
# A worker ends after so many requests and a new one begins: memory that a library leaks comes back.
max_requests = 20_000
max_requests_jitter = 2_000

logconfig_dict = configuration(with_texts=False)
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
    "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
}
