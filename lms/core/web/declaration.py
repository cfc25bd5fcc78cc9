"""The declaration beside each view: who may use it, and how its subject is loaded.

    @bp.get("/applications/<ref>")
    @access(VIEW_APPLICATION, load=queries.application_visible_to)
    def show(application: Application) -> str: ...

`load(actor, **url_values)` returns the subject or raises NotFound; the view gets it as its
first argument instead of the address values that `load` names. The app refuses to start
when a view has no declaration.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, request

from lms.core.access.policy import Answer, Permission
from lms.core.actor import Actor
from lms.core.db import db, reading
from lms.core.errors import NotFound, NotPermitted, SignInNeeded
from lms.core.i18n import lazy_gettext as _l
from lms.core.web.identity import current_actor
from lms.core.web.uploads import Upload, stage_uploads

View = TypeVar("View", bound=Callable[..., Any])

read_listeners: list[Callable[[Actor, Any, Permission], None]] = []
"""Told of every subject that somebody was let see, such as for the log of who has read whose file."""


@dataclass(frozen=True)
class Declaration:
    """What `access` remembers of a view."""

    permission: Permission
    load: Callable[..., Any] | None
    load_arguments: tuple[str, ...]


def require(permission: Permission, actor: Actor, subject: Any = None) -> None:
    """Let pass or raise NotFound, NotPermitted or SignInNeeded, as the answer says."""
    match permission.answer(actor, subject):
        case Answer.YES:
            return
        case Answer.HIDDEN:
            if actor.kind == "anonymous" and not permission.admits_visitors:
                raise SignInNeeded
            raise NotFound
        case Answer.SIGN_IN:
            raise SignInNeeded
        case Answer.NO:
            raise NotPermitted(_l("Your roles do not include this. Ask your coordinator or the secretariat."))


def access(
    permission: Permission, load: Callable[..., Any] | None = None, *, uploads: Sequence[Upload] = ()
) -> Callable[[View], View]:
    """Declare who may use a view, and which files it takes; see the module's text.

    Files are stored after access was checked and before the transaction that writes begins.
    """
    names = tuple(inspect.signature(load).parameters)[1:] if load else ()

    def check(values: Mapping[str, Any]) -> list[Any]:
        actor = current_actor()
        if load is None:
            require(permission, actor)
            return []
        try:
            subject = load(actor, **{name: values[name] for name in names if name in values})
        except NotFound:
            if actor.kind == "anonymous" and not permission.admits_visitors:
                raise SignInNeeded from None
            raise
        require(permission, actor, subject)
        return [subject]

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            if uploads and request.method == "POST":
                with reading():
                    check(values)
                    db.session.rollback()
                stage_uploads(uploads)
            subject = check(values)
            if subject and request.method in ("GET", "HEAD"):
                for told in read_listeners:
                    told(current_actor(), subject[0], permission)
            return view(*subject, **{name: value for name, value in values.items() if name not in names})

        guarded.access_declaration = Declaration(permission, load, names)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """The declaration of a view function, if it has one."""
    return getattr(view, "access_declaration", None)


def refuse_undeclared_views(app: Flask) -> None:
    """Stop the start-up when a view says nothing about who may use it.

    Raises RuntimeError with the names of such views.
    """
    silent = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and declaration_of(view) is None
    ]
    if silent:
        raise RuntimeError(f"These views declare no access: {', '.join(sorted(silent))}")
