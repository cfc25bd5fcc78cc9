"""Pages of imports: choosing a table, what was found in it, and having it written."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.access import SIGNED_IN
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports import queries, services
from lms.core.imports.forms import ConfirmForm, TableForm
from lms.core.imports.kinds import ImportKind, Values, import_named
from lms.core.imports.models import ImportFault, ImportRun
from lms.core.paging import Key
from lms.core.tabular import Column as TableColumn
from lms.core.web.declaration import access
from lms.core.web.forms import render_form
from lms.core.web.identity import current_actor
from lms.core.web.lists import Column, render_list, xlsx_response
from lms.core.web.uploads import MEGABYTE, Upload

bp = Blueprint("imports", __name__, url_prefix="/imports")
TABLE = Upload("table", kinds=frozenset({"csv", "xlsx"}), max_bytes=10 * MEGABYTE)


def upload(kind: ImportKind, subject: Any, *, target: Values, back: str) -> ResponseReturnValue:
    """The page on which a table of a kind is chosen, for a view with `uploads=[TABLE]` and GET and POST.

    `target` finds the subject again (see `ImportKind.load`), `back` is the page that it is imported from.
    `?format=xlsx` answers with an empty table that has the right titles.
    """
    actor = current_actor()
    columns = kind.columns(actor, subject)
    if request.args.get("format") == "xlsx":
        return _empty_table(kind, columns)
    form = TableForm()
    run = form.submit(lambda: services.begin(actor, kind=kind, target=target, staged=form.table.data[0], back=back))
    if run is not None:
        return redirect(url_for("imports.show", ref=run.ref), 303)
    return render_form("imports/upload.html", form, kind=kind, columns=columns, back=back)


def _empty_table(kind: ImportKind, columns: Sequence[TableColumn]) -> Response:
    titles = [Column(column.headings[0], lambda row: row) for column in columns]
    return xlsx_response(kind.name, titles, iter(()))


@bp.get("/<ref>")
@access(SIGNED_IN, load=queries.run_visible_to)
def show(run: ImportRun) -> Response:
    """What was found in a table, as far as it is; its rows with faults can be taken out, corrected and sent again."""
    q = request.args.get("q", "").strip()
    titles = [Column(title, _cell(place)) for place, title in enumerate(run.titles)]
    return render_list(
        "imports/show.html",
        query=queries.faults_of(run, q=q),
        order=[Key(ImportFault.row), Key(ImportFault.id)],
        columns=[
            *titles,
            Column(_l("Row"), lambda fault: fault.row, "row", ImportFault.row),
            Column(_l("What is wrong"), lambda fault: "; ".join(map(_told, fault.faults))),
        ],
        name="rows-with-faults",
        run=run,
        kind=import_named(run.kind),
        told=_told,
        form=ConfirmForm(formdata=None),
        q=q,
    )


def _cell(place: int) -> Any:
    return lambda fault: fault.cells[place] if place < len(fault.cells) else ""


def _told(fault: Sequence[str]) -> str:
    column, text = fault
    return str(_l("%(label)s: %(message)s", label=column, message=text)) if column else text


@bp.post("/<ref>/write")
@access(SIGNED_IN, load=queries.run_visible_to)
def write(run: ImportRun) -> ResponseReturnValue:
    """Have the new rows written."""
    ConfirmForm().submit(lambda: services.confirm(current_actor(), run) or True)
    flash(str(_l("The rows are being written.")), "success")
    return redirect(url_for("imports.show", ref=run.ref), 303)
