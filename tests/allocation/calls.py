"""Middle-sized random calls of every kind, faster to make than by Hypothesis: a seed names each of them."""

import random

from lms.allocation import Instance, InstanceError

GROUPS = [(attribute, value) for attribute in ("country", "field") for value in "xyz"]


def call_of(seed):
    """A valid document with up to 40 people, 12 posts and 7 nested units."""
    draw = random.Random(seed)
    people = [f"a{number}" for number in range(draw.randint(1, 40))]
    posts = [f"p{number}" for number in range(draw.randint(1, 12))]
    units = [f"u{number}" for number in range(draw.randint(0, 7))]
    document = {
        "format": "allocation/1",
        "applicants": {
            name: {
                "choices": _tied(draw, draw.sample(posts, draw.randint(0, len(posts)))),
                "attributes": {"country": draw.choice("xyz"), "field": draw.choice("xyz")},
            }
            for name in people
        },
        "posts": {name: _post(draw, units) for name in posts},
        "units": {name: _unit(draw, len(people), units[:number]) for number, name in enumerate(units)},
        "order": draw.sample(people, len(people)),
        "forbidden": [[name, post] for name in people for post in posts if draw.random() < 0.03],
        "tie_break": {"seed": draw.randint(0, 99)},
    }
    _order(draw, document, people)
    if (rule := draw.choice([None, None, "serial", "cutoffs"])) is not None:
        document["quota_rule"] = rule
        document["quotas"] = [
            {"attribute": attribute, "value": value, "max": draw.randint(0, len(people) // 2 + 1)}
            for attribute, value in GROUPS
            if draw.random() < 0.4
        ]
    _fix(draw, document, people, posts)
    return document


def _tied(draw, names):
    ranking = []
    while names:
        size = draw.choice([2, 3]) if draw.random() < 0.2 else 1
        group, names = names[:size], names[size:]
        ranking.append(group if len(group) > 1 else group[0])
    return ranking


def _post(draw, units):
    post = {"capacity": draw.randint(0, 6), "within": draw.choice([None, *units])}
    if draw.random() < 0.3:
        groups = [draw.choice(GROUPS) for _ in range(draw.randint(1, 3))]
        post["reserves"] = [{"attribute": a, "value": v, "seats": draw.randint(0, 3)} for a, v in groups]
    return post


def _unit(draw, people, around):
    return {
        "capacity": draw.choice([None, draw.randint(0, people), draw.randint(1, 6)]),
        "within": draw.choice([None, *around]),
        "minimum": draw.choice([0, 0, draw.randint(0, 5)]),
    }


def _order(draw, document, people):
    """Give posts and units lists, never two on a way to the top."""
    nodes = {**document["units"], **document["posts"]}
    for name, node in nodes.items():
        above, clear = node["within"], True
        while above is not None:
            clear, above = clear and "priority" not in nodes[above], nodes[above]["within"]
        if clear and draw.random() < (0.7 if name in document["posts"] else 0.25):
            node["priority"] = _tied(draw, draw.sample(people, draw.randint(0, len(people))))


def _fix(draw, document, people, posts):
    document["fixed"] = []
    for name in people:
        if draw.random() < 0.08:
            document["fixed"].append([name, draw.choice(posts)])
            try:
                Instance.from_dict(document)
            except InstanceError:  # forbidden, or beyond a capacity or quota
                document["fixed"].pop()
