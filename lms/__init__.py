"""The application: `create_app()` is the only wiring.

Each package adds its own blueprint, roles, navigation and commands in `register(app)`.
"""

from importlib import import_module

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config, from_environment
from lms.allocation.cli import allocation_cli
from lms.core import clock, logs, settings, storage
from lms.core.db import db
from lms.core.web.app import App, BigIntConverter
from lms.core.web.declaration import refuse_undeclared_views
from lms.core.web.errors import init_errors
from lms.core.web.headers import init_headers
from lms.core.web.locale import init_locale
from lms.core.web.templating import init_templating
from lms.recognition.cli import recognition_cli

# Lowest first, as they may import each other (architecture: "Who may import whom").
PACKAGES = (
    "core",
    "accounts",
    "institutions",
    "notifications",
    "credentials",
    "applications",
    "courses",
    "exchange",
    "programmes",
    "mentoring",
    "portal",
    "reporting",
)


def create_app(config: Config | None = None) -> Flask:
    """Build the application from `config`, by default from the environment.

    Raises ConfigError for a missing setting and RuntimeError for a view without a declaration.
    """
    config = config or from_environment()
    app = App(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(ROOT / "instance"),
    )
    for name in dir(config):
        if name.isupper():
            app.config[name] = getattr(config, name)
    app.config["TRUSTED_HOSTS"] = config.trusted_hosts
    if config.TRUSTED_PROXIES:
        hops = config.TRUSTED_PROXIES
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.url_map.converters["int"] = BigIntConverter
    logs.init_logs(app)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    CSRFProtect(app)
    Compress(app)
    clock.allow_moving(config.CLOCK_MOVES)
    settings.remember_for(0 if app.testing else 10)
    storage.configure(config.STORAGE_URL, max_bytes=config.MAX_CONTENT_LENGTH)
    init_locale(app)
    init_errors(app)
    init_headers(app)
    init_templating(app)
    for package in (*PACKAGES, *(["demo"] if config.CLOCK_MOVES else [])):
        import_module(f"lms.{package}").register(app)
    app.cli.add_command(allocation_cli)
    app.cli.add_command(recognition_cli)
    refuse_undeclared_views(app)
    return app
