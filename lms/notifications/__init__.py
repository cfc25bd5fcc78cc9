"""What people receive: mail in their language, to a person or an office, and reminders to paste elsewhere."""

from flask import Flask


def register(app: Flask) -> None:
    """Nothing to add: other packages call `services.notify` and `reminders.reminders_for`."""
    del app
