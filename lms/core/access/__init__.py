"""Who may do what: grants in scopes, and relations as predicates.

Views declare theirs by `lms.core.web.access`.
"""

from lms.core.access.grants import Grant, end_grant, give_grant, grants_of
from lms.core.access.policy import (
    PUBLIC,
    SIGNED_IN,
    Answer,
    Permission,
    Rule,
    anyone,
    holds,
    holds_somewhere,
    predicate,
    signed_in,
)
from lms.core.access.roles import Role, all_roles, register_role, role_named

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "Answer",
    "Grant",
    "Permission",
    "Role",
    "Rule",
    "all_roles",
    "anyone",
    "end_grant",
    "give_grant",
    "grants_of",
    "holds",
    "holds_somewhere",
    "predicate",
    "register_role",
    "role_named",
    "signed_in",
]
