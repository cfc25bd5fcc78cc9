"""A slow and plain reading of the format, and small random instances: what the engine is compared with."""

import hashlib
import itertools
from fractions import Fraction

from hypothesis import strategies as st


class Brute:
    """Stability straight from its definition: a pair blocks when the tree, choosing greedily, would take it."""

    def __init__(self, document):
        self.document = document
        self.seed = document.get("tie_break", {}).get("seed", 0)
        self.nodes = {**document["posts"], **document.get("units", {})}
        self.fixed = dict(document.get("fixed", []))
        self.forbidden = {tuple(pair) for pair in document.get("forbidden", [])}
        self.path = {post: self._path(post) for post in document["posts"]}
        self.users = {}
        for post, path in self.path.items():
            self.users.setdefault(self._carrier(path), []).append(post)
        self.keys = {post: self._keys(post) for post in document["posts"]}
        self.wishes = {applicant: self._wishes(applicant) for applicant in document["applicants"]}

    def _path(self, name):
        above = self.nodes[name].get("within")
        return [name, *(self._path(above) if above else [])]

    def _carrier(self, path):
        return next((name for name in path if "priority" in self.nodes[name]), None)

    def draw(self, name):
        return hashlib.sha256(f"{self.seed}:{name}".encode()).hexdigest()

    def _flat(self, ranking):
        groups = [entry if isinstance(entry, list) else [entry] for entry in ranking]
        return [name for group in groups for name in sorted(group, key=self.draw)]

    def _keys(self, post):
        carrier = self._carrier(self.path[post])
        ranking = self.document["order"] if carrier is None else self.nodes[carrier]["priority"]
        own = None if carrier is None else self.nodes[carrier]["capacity"]
        if own is None:
            own = sum(self.nodes[user]["capacity"] for user in self.users[carrier])
        return {
            name: (Fraction(place, max(own, 1)), self.draw(name)) for place, name in enumerate(self._flat(ranking), 1)
        }

    def _wishes(self, applicant):
        return [
            post
            for post in self._flat(self.document["applicants"][applicant]["choices"])
            if applicant in self.keys[post] and (applicant, post) not in self.forbidden
        ]

    def fits(self, pairs):
        return all(
            node["capacity"] is None or sum(name in self.path[post] for _, post in pairs) <= node["capacity"]
            for name, node in self.nodes.items()
        )

    def seated(self, post, pairs):
        """Whom the post keeps, with the number of the reserve; open places have the last."""
        kept, free = {}, self.nodes[post]["capacity"]
        seats = [dict(reserve) for reserve in self.nodes[post].get("reserves", [])]
        for fixed in (True, False):  # fixed people have their places before anybody is compared
            left = sorted(
                [pair for pair in pairs if (pair[0] in self.fixed) == fixed],
                key=lambda pair: self.keys[post][pair[0]] if not fixed else pair,
            )
            for number, reserve in enumerate(seats):
                group = [pair for pair in left if self.is_in(pair[0], reserve)][: min(free, reserve["seats"])]
                kept |= dict.fromkeys(group, number)
                left = [pair for pair in left if pair not in group]
                free -= len(group)
                reserve["seats"] -= len(group)
            kept |= dict.fromkeys(left[:free], 99)
            free -= len(left[:free])
        return kept

    def is_in(self, applicant, group):
        return self.document["applicants"][applicant].get("attributes", {}).get(group["attribute"]) == group["value"]

    def greedy(self, pairs, last):
        """Whom the trees keep: reserve after reserve, then open places, the better ones first, as long as they fit; `last`
        goes before its equals, which are other pairs of the same person.
        """
        kept = {}
        for post in self.path:
            kept |= self.seated(post, [pair for pair in pairs if pair[1] == post])
        taken = [pair for pair in kept if pair[0] in self.fixed]
        rest = [pair for pair in kept if pair[0] not in self.fixed]
        for pair in sorted(rest, key=lambda pair: (kept[pair], self.keys[pair[1]][pair[0]], pair != last)):
            if self.fits([*taken, pair]):
                taken.append(pair)
        return taken

    def blocks(self, assignments, applicant, post):
        wishes = self.wishes[applicant]
        if applicant in self.fixed or post not in wishes:
            return False
        now = assignments[applicant]
        if now is not None and wishes.index(now) <= wishes.index(post):
            return False
        pairs = [(who, where) for who, where in assignments.items() if where]
        return (applicant, post) in self.greedy([*pairs, (applicant, post)], (applicant, post))

    def best_stable(self, without=()):
        """The stable assignment, without some people, that everybody likes at least as well as any other."""
        kept = {name: [] if name in without else wishes for name, wishes in self.wishes.items()}
        everybody, self.wishes = self.wishes, kept
        stable = [other for other in self.feasible() if self.stable(other)]
        best = min(stable, key=lambda other: sum(self.place(name, post) for name, post in other.items()))
        assert all(self.place(name, best[name]) <= self.place(name, other[name]) for other in stable for name in best)
        self.wishes = everybody
        return best

    def stable(self, assignments):
        return not any(
            self.blocks(assignments, applicant, post) for applicant, wishes in self.wishes.items() for post in wishes
        )

    def feasible(self):
        """Every assignment that keeps the capacities, the fixed pairs and everybody's consent."""
        names = list(self.wishes)
        options = [[self.fixed[name]] if name in self.fixed else [None, *self.wishes[name]] for name in names]
        for combination in itertools.product(*options):
            if self.fits([(who, where) for who, where in zip(names, combination, strict=True) if where]):
                yield dict(zip(names, combination, strict=True))

    def place(self, applicant, post):
        """How far down their list the applicant ended; smaller is better."""
        wishes = self.wishes[applicant]
        return wishes.index(post) if post in wishes else len(wishes)


GROUPS = [("country", "KH"), ("country", "VN"), ("gender", "f")]


def quota(group, **limits):
    return {"attribute": group[0], "value": group[1], **limits}


def rankings(names):
    """Some of the names, best first, some of them tied."""

    @st.composite
    def draw_ranking(draw):
        chosen = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
        ranking = []
        while chosen:
            size = min(len(chosen), draw(st.sampled_from([1, 1, 1, 2, 3])))
            group, chosen = chosen[:size], chosen[size:]
            ranking.append(group if size > 1 or draw(st.booleans()) else group[0])
        return ranking

    return draw_ranking()


@st.composite
def documents(draw, people=4, places=4, reserves=False):
    """Small valid instances: nested units, shared and separate lists, ties, exclusions, fixed people, groups."""
    applicants = [f"a{i}" for i in range(draw(st.integers(1, people)))]
    posts = [f"p{i}" for i in range(draw(st.integers(1, places)))]
    units = [f"u{i}" for i in range(draw(st.integers(0, 3)))]
    nodes = {}
    for index, name in enumerate(units):  # a unit lies within an earlier one, so that no cycle arises
        nodes[name] = {
            "capacity": draw(st.none() | st.integers(0, 3)),
            "within": draw(st.sampled_from([None, *units[:index]])),
        }
    for name in posts:
        nodes[name] = {"capacity": draw(st.integers(0, 2)), "within": draw(st.sampled_from([None, *units]))}
        if reserves:
            kept = draw(st.lists(st.sampled_from(GROUPS), max_size=2))
            nodes[name]["reserves"] = [quota(group, seats=draw(st.integers(0, 2))) for group in kept]
    for name in [*units, *posts]:
        above, clear = nodes[name]["within"], True
        while above is not None:
            clear, above = clear and "priority" not in nodes[above], nodes[above]["within"]
        if clear and draw(st.sampled_from([True, True, False] if name in posts else [True, False, False])):
            nodes[name]["priority"] = draw(rankings(applicants))
    document = {
        "format": "allocation/1",
        "applicants": {
            name: {
                "choices": draw(rankings(posts)),
                "attributes": {
                    "country": draw(st.sampled_from(["KH", "VN", "LA"])),
                    "gender": draw(st.sampled_from("fm")),
                },
            }
            for name in applicants
        },
        "posts": {name: nodes[name] for name in posts},
        "units": {name: nodes[name] for name in units},
        "order": draw(st.permutations(applicants)),
        "forbidden": draw(
            st.lists(
                st.tuples(st.sampled_from(applicants), st.sampled_from(posts)).map(list),
                unique_by=tuple,
                max_size=2,
            )
        ),
        "tie_break": {"seed": draw(st.integers(0, 5))},
    }
    pair = [draw(st.sampled_from(applicants)), draw(st.sampled_from(posts))]
    allowed = pair not in document["forbidden"] and Brute(document).fits([tuple(pair)])
    if allowed and draw(st.booleans()):
        document["fixed"] = [pair]
    return document


@st.composite
def limited(draw, rule, groups=GROUPS, **kinds):
    """The same with limits on groups over the whole call."""
    document = draw(documents(**kinds))
    document["quota_rule"] = rule
    document["quotas"] = []
    for group in draw(st.lists(st.sampled_from(groups), min_size=1, unique=True)):
        people = [name for name, _ in document.get("fixed", []) if Brute(document).is_in(name, quota(group))]
        document["quotas"].append(quota(group, max=draw(st.integers(len(people), 2))))
    return document
