"""The measured figures beside their goals, as a table that reads well in a terminal and in a repository."""

from dataclasses import dataclass
from typing import Any

KB = 1024
CPU, QUERIES, WARM, COLD, REQUESTS = 6.0, 12, 12 * KB, 60 * KB, 8


@dataclass(frozen=True)
class Goal:
    """What was measured against what."""

    name: str
    found: str
    goal: str
    is_met: bool


def misses(page: dict[str, Any]) -> list[str]:
    """Which goals of an ordinary page are missed, in words."""
    limits = {
        "CPU": (page["cpu"], CPU),
        "queries": (page["queries"], QUERIES),
        "warm KB": (page["warm_bytes"], WARM),
        "cold KB": (page["cold_bytes"], COLD),
        "requests": (page["cold_requests"], REQUESTS),
    }
    return [name for name, (found, limit) in limits.items() if found > limit]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def pages_table(pages: list[dict[str, Any]]) -> list[str]:
    """One line for each page."""
    lines = [
        _row(["page", "CPU (bare pages)", "SQL queries", "warm KB", "cold KB", "cold requests", "goals"]),
        _row(["---", *["---:"] * 5, "---"]),
        _row(["*goal*", f"≤ {CPU:g}", f"≤ {QUERIES}", "≤ 12", "≤ 60", f"≤ {REQUESTS}", ""]),
    ]
    for page in pages:
        missed = misses(page)
        lines.append(
            _row(
                [
                    page["name"],
                    f"{page['cpu']:.1f}",
                    str(page["queries"]),
                    f"{page['warm_bytes'] / KB:.1f}",
                    f"{page['cold_bytes'] / KB:.1f}",
                    str(page["cold_requests"]),
                    "met" if not missed else "missed: " + ", ".join(missed),
                ]
            )
        )
    return lines


def goals_table(goals: list[Goal]) -> list[str]:
    """Everything that is not an ordinary page."""
    lines = [_row(["what", "measured", "goal", ""]), _row(["---", "---:", "---:", "---"])]
    return lines + [_row([one.name, one.found, one.goal, "met" if one.is_met else "missed"]) for one in goals]


def lists_table(lists: list[dict[str, Any]]) -> list[str]:
    """Queries of each list with few and with many rows."""
    lines = [
        _row(["list", "rows, queries", "rows, queries", "same"]),
        _row(["---", "---:", "---:", "---"]),
    ]
    for one in lists:
        few, many = (f"{one[key]['rows']:,}, {one[key]['queries']}" for key in ("few", "many"))
        lines.append(_row([one["name"], few, many, "yes" if one["is_flat"] else "NO"]))
    return lines
