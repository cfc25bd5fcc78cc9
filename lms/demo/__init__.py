"""The demo world and the presenter's pages. Registered where the clock may move, never in production."""

from flask import Flask


def register(app: Flask) -> None:
    """Add this package's pages and commands."""
    from lms.demo import reset  # noqa: F401 - registers its jobs
    from lms.demo.cli import demo_cli
    from lms.demo.views import bp

    app.register_blueprint(bp)
    app.cli.add_command(demo_cli)
