"""Machines drawn as Mermaid state diagrams, for `docs/workflows/`."""

from lms.core.workflow.machine import Machine


def draw(machine: Machine) -> str:
    """A Markdown page with the machine's diagram and a table of who may do what."""
    lines = [f"# {machine.name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for transition in machine.transitions.values():
        lines += [f"    {source} --> {transition.target or source}: {transition.name}" for source in transition.sources]
    lines += [f"    {state.name} --> [*]" for state in machine.states.values() if state.is_final]
    lines += ["```", "", "| transition | from | to | who | guards | hidden |", "|---|---|---|---|---|---|"]
    for transition in machine.transitions.values():
        who = " or ".join(rule.describes for rule in transition.permission.any_of) if transition.permission else ""
        if transition.by_clock:
            who = f"{who} or the clock" if who else "the clock"
        guards = ", ".join(guard.__name__.strip("_") for guard in transition.guards)
        lines.append(
            f"| {transition.name} | {', '.join(transition.sources)} | {transition.target or 'stays'} | "
            f"{who or 'the platform'} | {guards} | {'' if transition.is_public else 'until release'} |"
        )
    return "\n".join(lines) + "\n"
