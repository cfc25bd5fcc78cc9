"""Parts of pages on the style guide that need more than a text: decisions, saved filters, the scheme of the network."""

from types import SimpleNamespace
from typing import Any

from lms.core.i18n import lazy_gettext as _l
from lms.core.web.actions import Action, action_form
from lms.core.workflow.machine import Input, Transition


def _action(transition: Transition, *reasons: str) -> Action:
    return Action(transition, reasons, action_form(transition, SimpleNamespace(version=1)))


def sample_actions() -> list[Action]:
    """A decision that is open, one that asks for a reason, and one that is blocked."""
    why = Input("reason", _l("Reason"), hint=_l("The applicant reads this."))
    return [
        _action(Transition("approve", _l("Approve"), ("submitted",), "accepted", tone="success")),
        _action(Transition("return", _l("Return"), ("submitted",), "returned", tone="warning", inputs=(why,))),
        _action(Transition("release", _l("Release"), ("submitted",), "released"), _l("Two reviews are still missing.")),
    ]


def sample_bulk() -> Any:
    """Rows that can be decided together, as `lms.core.web.bulk.Bulk` gives them."""
    names = {"a": "Souphaphone Keomany", "b": "Nguyễn Thị Hồng Hạnh"}
    return SimpleNamespace(
        transitions=[one.transition for one in sample_actions()[:2]],
        rows=[SimpleNamespace(ref=ref) for ref in names],
        can_pick=lambda _row: True,
        name=lambda row: names[row.ref],
    )


def sample_filters() -> Any:
    """Two saved filters of a list, the first of them in force, and one that could be saved."""
    saved = [(1, _l("Laos, in review"), "country=LA"), (2, _l("Overdue"), "whose=overdue")]
    return SimpleNamespace(
        list_name="core.style_guide",
        query="country=LA",
        can_save=True,
        saved=[SimpleNamespace(id=number, name=name, query=query) for number, name, query in saved],
    )


class _Legal(str):
    """A text with the draft of its translation."""

    draft = "我同意中心核对这些信息。"


def sample_legal() -> str:
    """A text with legal effect whose translation nobody has confirmed yet."""
    return _Legal("I agree that the Center checks these facts.")


def sample_network() -> list[Any]:
    """Three states of the network's scheme, as `lms.portal.network` places them."""
    places = ((414.2, 122.5, 30, "start"), (280, 355, 22, "start"), (145.8, 122.5, 18, "end"))
    states = (("CN", "China", "中国", 38), ("VN", "Viet Nam", "越南", 15), ("LA", "Laos", "老挝", 9))
    return [
        SimpleNamespace(
            x=x,
            y=y,
            radius=radius,
            thickness=3,
            anchor=anchor,
            label_y=y,
            label_x=x + (radius + 7) * (1 if anchor == "start" else -1),
            count=SimpleNamespace(
                country=SimpleNamespace(code=code, name_en=name, name_zh=name_zh),
                institutions=number,
                courses=number // 4,
                places=0,
            ),
        )
        for (x, y, radius, anchor), (code, name, name_zh, number) in zip(places, states, strict=True)
    ]
