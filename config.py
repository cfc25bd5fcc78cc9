"""Settings from the environment: one class per mode, chosen by `LMS_ENV` (production when unset)."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("LMS_INSTANCE", ROOT / "instance"))


class ConfigError(RuntimeError):
    """A setting is missing or wrong; the message says which and what to do."""


def _database_url() -> str:
    """`DATABASE_URL` for SQLAlchemy with psycopg 3; by default a SQLite file in the instance folder."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return f"sqlite:///{INSTANCE / 'lms.sqlite'}"
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Config:
    """What all modes share. Every value can be set by an environment variable of the same name."""

    NAME = "production"
    IS_DEMO = False
    CLOCK_MOVES = False
    SHOWS_STYLE_GUIDE = False

    def __init__(self) -> None:
        env = os.environ
        self.SECRET_KEY = self.secret("SECRET_KEY")
        self.CREDENTIAL_KEY = self.secret("CREDENTIAL_KEY")
        self.BASE_URL = self.base_url()
        # How many stand in front, whose `X-Forwarded-` headers are believed.
        self.TRUSTED_PROXIES = self.whole_number("TRUSTED_PROXIES", 0)
        self.SQLALCHEMY_DATABASE_URI = _database_url()
        self.SQLALCHEMY_ENGINE_OPTIONS: dict[str, Any] = {"hide_parameters": True}
        if self.SQLALCHEMY_DATABASE_URI.startswith("postgresql"):
            self.SQLALCHEMY_ENGINE_OPTIONS |= {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8}
        self.STORAGE_URL = env.get("STORAGE_URL", str(INSTANCE / "files"))
        self.MAIL_URL = env.get("MAIL_URL") or self.default_mail_url()
        self.MAIL_FROM = env.get("MAIL_FROM", "no-reply@localhost")
        self.CENTER_NAME_EN = env.get(
            "CENTER_NAME_EN", "ASEAN-China Public Health Science and Technology Cooperation Center"
        )
        self.CENTER_NAME_ZH = env.get("CENTER_NAME_ZH", "中国—东盟公共卫生科技合作中心")
        self.MAX_CONTENT_LENGTH = 128 * 1024 * 1024
        self.UPLOADS_PER_DAY = self.whole_number("UPLOADS_PER_DAY", 200)
        self.UPLOAD_MB_PER_DAY = self.whole_number("UPLOAD_MB_PER_DAY", 1000)
        self.MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024
        self.MAX_FORM_PARTS = 5000
        self.SESSION_COOKIE_NAME = "lms"
        self.SESSION_COOKIE_HTTPONLY = True
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_SECURE = self.BASE_URL.startswith("https:")
        # Set at sign-in only: on every answer it would also stand on those that shared caches may keep.
        self.SESSION_REFRESH_EACH_REQUEST = False
        self.WTF_CSRF_TIME_LIMIT = None
        self.WTF_CSRF_SSL_STRICT = False
        self.BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "lms" / "translations")
        self.BABEL_DEFAULT_LOCALE = "en_GB"
        self.COMPRESS_ALGORITHM = ["br", "gzip"]
        self.SEND_FILE_MAX_AGE_DEFAULT = 31_536_000

    def secret(self, name: str) -> str:
        """A secret from the environment; production refuses to start without it."""
        value = os.environ.get(name, "")
        if len(value) < 16:
            raise ConfigError(f"Set {name} to at least 16 random characters: openssl rand -hex 32")
        return value

    def base_url(self) -> str:
        """The public address, without a slash at the end."""
        value = os.environ.get("BASE_URL", "").rstrip("/")
        if not urlsplit(value).netloc:
            raise ConfigError("Set BASE_URL to the public address, such as https://learn.example.org")
        return value

    def whole_number(self, name: str, default: int) -> int:
        """A number from the environment."""
        value = os.environ.get(name, str(default))
        if not value.isdecimal():
            raise ConfigError(f"Set {name} to a whole number, such as {default}")
        return int(value)

    def default_mail_url(self) -> str:
        """How mail leaves when `MAIL_URL` is unset."""
        raise ConfigError("Set MAIL_URL, such as smtp://user:password@mail.example.org:587")

    @property
    def trusted_hosts(self) -> list[str]:
        """Host headers that are answered."""
        return [urlsplit(self.BASE_URL).hostname or ""]


class _Local(Config):
    """Modes on one's own machine: secrets are made once and kept in the instance folder."""

    SHOWS_STYLE_GUIDE = True
    CLOCK_MOVES = True

    def secret(self, name: str) -> str:
        if value := os.environ.get(name):
            return value
        INSTANCE.mkdir(parents=True, exist_ok=True)
        path = INSTANCE / f".{name.lower()}"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text()

    def base_url(self) -> str:
        return os.environ.get("BASE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")

    def default_mail_url(self) -> str:
        return "keep:"

    @property
    def trusted_hosts(self) -> list[str]:
        return [*super().trusted_hosts, "127.0.0.1", "localhost", "[::1]"]


class DevelopmentConfig(_Local):
    """Somebody works on the code."""

    NAME = "development"


class DemoConfig(_Local):
    """`make run`: the demo world, with one-click sign-in and kept mail."""

    NAME = "demo"
    IS_DEMO = True


class TestConfig(_Local):
    """The tests: nothing on disk but what a test asks for."""

    NAME = "test"
    TESTING = True
    __test__ = False  # pytest takes classes with such a name for tests

    def secret(self, name: str) -> str:
        """The same value in every run."""
        return f"test-only-{name.lower()}"


_MODES = {"production": Config, "development": DevelopmentConfig, "demo": DemoConfig, "test": TestConfig}


def _mode() -> str:
    """`LMS_ENV`; for the `flask` command on a machine set up by `make run` or `make test`, the mode of that set-up."""
    if named := os.environ.get("LMS_ENV"):
        return named
    local = INSTANCE / "mode"
    is_command = os.environ.get("FLASK_RUN_FROM_CLI") == "true"
    if is_command and "BASE_URL" not in os.environ and local.is_file():
        return local.read_text().strip()
    return "production"


def from_environment() -> Config:
    """The settings of the current mode. Raises ConfigError."""
    name = _mode()
    if name not in _MODES:
        raise ConfigError(f"LMS_ENV is {name!r}; use one of {', '.join(_MODES)}.")
    return _MODES[name]()
