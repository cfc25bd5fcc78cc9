"""The figures behind a plot, as a download."""

from collections.abc import Iterable

from flask import Response, request

from lms.core import tabular
from lms.core.plots import Plot


def plot_download(plots: Iterable[Plot]) -> Response | None:
    """The figures of the plot that `?plot=` names, as CSV; None when the address names none of these."""
    for plot in plots:
        if plot.name == request.args.get("plot"):
            response = Response(
                "".join(tabular.to_csv([str(one) for one in plot.header], plot.rows)), mimetype="text/csv"
            )
            response.headers["Content-Disposition"] = f'attachment; filename="{plot.name}.csv"'
            return response
    return None
