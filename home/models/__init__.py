"""The ground floor's tables."""

from home.models.accounts import User
from home.models.entries import Entry
from home.models.gathering import brief_cards, cards_by_id, entry_model, entry_models
from home.models.images import SiteImage, SiteRendition
from home.models.indexes import EntryIndexPage
from home.models.pages import HomePage, StandardPage
from home.models.settings import SiteSettings
from home.models.topics import Keyword, KeywordItem, Territory, Topic, TopicItem

__all__ = [
    "Entry",
    "EntryIndexPage",
    "HomePage",
    "Keyword",
    "KeywordItem",
    "SiteImage",
    "SiteRendition",
    "SiteSettings",
    "StandardPage",
    "Territory",
    "Topic",
    "TopicItem",
    "User",
    "brief_cards",
    "cards_by_id",
    "entry_model",
    "entry_models",
]
