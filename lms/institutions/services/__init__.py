"""Writing institutions, labs and affiliations."""

from lms.institutions.services.affiliations import belong, home_consent, join
from lms.institutions.services.directory import (
    add_department,
    add_lab,
    edit_institution,
    propose,
    rename_center,
    rename_country,
)
from lms.institutions.services.merging import merge
from lms.institutions.services.reference import load_reference_data
from lms.institutions.services.subjects import choose_sub_centres

__all__ = [
    "add_department",
    "add_lab",
    "belong",
    "choose_sub_centres",
    "edit_institution",
    "home_consent",
    "join",
    "load_reference_data",
    "merge",
    "propose",
    "rename_center",
    "rename_country",
]
