"""The entry for Gunicorn and for the `flask` command."""

import gc

from lms import create_app

app = create_app()
gc.freeze()  # What was made at start-up stays: the collector need not look at it again and again.
