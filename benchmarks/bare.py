"""The yardstick, the smallest page of the same stack: Flask, Flask-Login, one query for who it is, a template."""

from flask import Flask, render_template_string
from flask_login import LoginManager, UserMixin, current_user, login_required
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Apart from the platform's models: it maps the one column that it shows."""


class Reader(UserMixin, Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


TEMPLATE = "<!doctype html><title>Bare</title><h1>Hello {{ current_user.name }}</h1>"


def create_bare(database: str) -> Flask:
    """An application whose only page is `/`, on the platform's database."""
    app = Flask("bare")
    app.config.update(SECRET_KEY="bare", SQLALCHEMY_DATABASE_URI=database)
    bare_db = SQLAlchemy(model_class=Base)
    bare_db.init_app(app)
    logins = LoginManager(app)

    @logins.user_loader
    def load(person_id: str) -> Reader | None:
        return bare_db.session.scalar(select(Reader).where(Reader.id == int(person_id)))

    @app.get("/")
    @login_required
    def page() -> str:
        assert current_user.is_authenticated
        return render_template_string(TEMPLATE)

    return app
