"""Pure rules of institutions."""

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

KINDS: dict[str, Text] = {
    "university": _l("University"),
    "ministry": _l("Ministry"),
    "cdc": _l("Centre for disease control"),
    "hospital": _l("Hospital"),
    "regulator": _l("Regulator"),
    "institute": _l("Research institute"),
    "company": _l("Company"),
}
ROLES: dict[str, Text] = {
    "student": _l("Student"),
    "staff": _l("Staff"),
    "coordinator": _l("Coordinator"),
    "signatory": _l("Signatory"),
}
# Roles that mean something to others: they wait until somebody who can know confirms them.
NEED_CONFIRMATION = frozenset({"staff", "coordinator", "signatory"})

# Anybody can have an address there: it says nothing about where somebody belongs.
FREE_MAIL = frozenset(
    {
        "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "aol.com", "fastmail.com",
        "foxmail.com", "gmail.com", "gmx.com", "googlemail.com", "hotmail.com", "icloud.com",
        "live.com", "mail.com", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com",
        "qq.com", "rocketmail.com", "sina.cn", "sina.com", "sohu.com", "tom.com", "tutanota.com",
        "yahoo.co.id", "yahoo.co.th", "yahoo.com", "yahoo.com.ph", "yahoo.com.sg", "yahoo.com.vn",
        "yandex.com", "yeah.net", "ymail.com", "zoho.com",
    }
)  # fmt: skip


def sharing_with(institution_id: int) -> str:
    """The context of a consent that shares one's record with the coordinators of an institution."""
    return f"institution:{institution_id}"


def is_address_at(email: str, domain: str) -> bool:
    """Whether an address lies at an institution's domain or below it; never at a free-mail host."""
    host = email.rpartition("@")[2].lower()
    domain = domain.lower()
    return bool(domain) and host not in FREE_MAIL and (host == domain or host.endswith(f".{domain}"))
