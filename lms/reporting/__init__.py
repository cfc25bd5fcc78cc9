"""Figures over all domains, read only: how many people were reached, by country, year, gender and sub centre."""

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages."""
    from lms.reporting.views import bp

    app.register_blueprint(bp)
