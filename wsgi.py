"""The entry for Gunicorn and for the `flask` command."""

import sys

from config import ConfigError
from lms import create_app

try:
    app = create_app()
except ConfigError as error:
    sys.exit(str(error))
