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
    asking: dict[str, list[str]] = {post: [] for post in rules.path}
    for name, post in rules.fixed.items():
        asking[post].append(name)
    trees: dict[str, list[str]] = {}
    for post, path in rules.path.items():
        trees.setdefault(path[-1], []).append(post)
    moving = list(wishes)
    while moving:
        asked: set[str] = set()
        for name in moving:
            if wishes[name]:
                asking[wishes[name][0]].append(name)
                asked.add(rules.path[wishes[name][0]][-1])
        moving = [name for top in asked for name in _refused(rules, trees[top], asking)]
        for name in moving:
            asking[wishes[name].pop(0)].remove(name)
    return {**rules.fixed, **{name: posts[0] for name, posts in wishes.items() if posts}}


def _refused(rules: Rules, posts: list[str], asking: dict[str, list[str]]) -> list[str]:
    """Whom a tree does not keep: each post chooses by its own places, then all units keep the best of what is left."""
    kept: list[tuple[Standing, str, str]] = []
    room: dict[str, int | None] = {}
    for post in posts:
        kept += [(standing, name, post) for name, standing in rules.chosen_by(post, asking[post]).items()]
        for node in rules.path[post]:
            room.setdefault(node, rules.capacity[node])
    chosen = {name for post in posts for name in asking[post] if name in rules.fixed}
    for post in posts:
        for name in asking[post]:
            if name in rules.fixed:
                _enter(room, rules.path[post])
    for _, name, post in sorted(kept):
        if all(places is None or places > 0 for places in map(room.__getitem__, rules.path[post])):
            chosen.add(name)
            _enter(room, rules.path[post])
    return [name for post in posts for name in asking[post] if name not in chosen]


def _enter(room: dict[str, int | None], path: list[str]) -> None:
    for node in path:
        places = room[node]
        room[node] = None if places is None else places - 1
