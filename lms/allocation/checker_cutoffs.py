"""What the quota rule `cutoffs` leads to, found by the checker in its own plain way: everybody asks, every tree of
units chooses among all who ask, whoever is refused asks elsewhere, until nobody is.
"""

from collections.abc import Collection

from lms.allocation.checker_rules import Quota, Rules, Standing


def found_by_cutoffs(rules: Rules) -> tuple[dict[str, str], dict[Quota, int]]:
    """Who ends where, and for each quota the turn in the call's order from which people are shut out."""
    cuts = dict.fromkeys(rules.quotas, len(rules.order))
    while True:
        got = _settled(rules, _shut_out(rules, cuts))
        broken = [quota for quota in rules.quotas if _surplus(rules, got, quota)]
        if not broken:
            return got, cuts
        for quota in broken:
            if quota.attribute == broken[0].attribute:
                cuts[quota] = min(rules.turn[one] for one in _surplus(rules, got, quota))


def _shut_out(rules: Rules, cuts: dict[Quota, int]) -> set[str]:
    return {
        one
        for quota, (_, group) in rules.quotas.items()
        for one in group
        if rules.turn[one] >= cuts[quota] and one not in rules.fixed
    }


def _surplus(rules: Rules, got: dict[str, str], quota: Quota) -> list[str]:
    """The people of a group beyond its quota: fixed ones count first, the others in the call's order."""
    most, group = rules.quotas[quota]
    placed = [one for one in rules.order if one in group and one in got]
    return sorted(placed, key=lambda one: (one not in rules.fixed, rules.turn[one]))[most:]


def _settled(rules: Rules, without: Collection[str]) -> dict[str, str]:
    wishes = {
        name: [post for post in choices if rules.refused(name, post) is None]
        for name, choices in rules.choices.items()
        if name not in rules.fixed and name not in without
    }
    while True:
        asking: dict[str, list[str]] = {post: [] for post in rules.path}
        for name, post in rules.fixed.items():
            asking[post].append(name)
        for name, posts in wishes.items():
            if posts:
                asking[posts[0]].append(name)
        kept = _chosen(rules, asking)
        refused = [name for name, posts in wishes.items() if posts and name not in kept]
        if not refused:
            return {**rules.fixed, **{name: posts[0] for name, posts in wishes.items() if posts}}
        for name in refused:
            del wishes[name][0]


def _chosen(rules: Rules, asking: dict[str, list[str]]) -> set[str]:
    """Whom the trees keep: each post by its own places, then each unit, inner ones first, the best of what is left."""
    kept: list[tuple[Standing, str, str]] = []
    for post, people in asking.items():
        kept += [(standing, name, post) for name, standing in rules.chosen_by(post, people).items()]
    room = {node: len(rules.choices) if places is None else places for node, places in rules.capacity.items()}
    for post in rules.fixed.values():
        for node in rules.path[post]:
            room[node] -= 1
    chosen: set[str] = set()
    for _, name, post in sorted(kept):
        if all(room[node] > 0 for node in rules.path[post]):
            chosen.add(name)
            for node in rules.path[post]:
                room[node] -= 1
    return chosen
