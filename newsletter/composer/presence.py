"""Who else has this issue open, by Wagtail's own editing sessions: its form and the composer see
each other."""

from datetime import datetime

from wagtail.admin.models import EditingSession
from wagtail.models import get_default_page_content_type

from home.models import User
from newsletter.composer.saving import name_of
from newsletter.models import Issue


def enter(issue: Issue, user: User, now: datetime) -> int:
    """Opens a session and returns its id; sessions of closed windows are cleaned up."""
    EditingSession.cleanup()
    kind = get_default_page_content_type()
    return EditingSession.objects.create(
        user=user, content_type=kind, object_id=issue.pk, last_seen_at=now
    ).pk


def stay(session_id: int, issue: Issue, user: User, now: datetime) -> list[str]:
    """Marks the session as seen; returns the names of the others who have the issue open."""
    kind = get_default_page_content_type()
    sessions = EditingSession.objects.filter(content_type=kind, object_id=str(issue.pk))
    sessions.filter(pk=session_id, user=user).update(last_seen_at=now)
    others = sessions.available().exclude(user=user).select_related("user")
    return sorted({name_of(session.user) for session in others})
