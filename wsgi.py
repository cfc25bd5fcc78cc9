"""The entry for Gunicorn and for the `flask` command."""

from lms import create_app

app = create_app()
