"""The centre's own resources."""

from resources.models.case_rows import (
    CaseContact,
    CaseFigure,
    CaseLink,
    CaseSource,
    CaseStudyOrganisation,
)
from resources.models.case_studies import CaseStudy, CaseStudyIndexPage

__all__ = [
    "CaseContact",
    "CaseFigure",
    "CaseLink",
    "CaseSource",
    "CaseStudy",
    "CaseStudyIndexPage",
    "CaseStudyOrganisation",
]
