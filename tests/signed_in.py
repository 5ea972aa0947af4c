"""A browser's window of somebody who is signed in, without the sign-in page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page
from wagtail.models import Site

from home.models import User


@contextmanager
def administrator_at(browser: Browser, live_server: object, path: str) -> Iterator[Page]:
    """A window of 1280 by 900 on `path`, of a superuser who exists from now on."""
    Site.objects.update(hostname="localhost", port=live_server.thread.port)
    user = User.objects.create_superuser("cheffe", "cheffe@example.org", "x")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    cookie = {"name": "sessionid", "value": session.session_key, "url": live_server.url}
    context.add_cookies([cookie])
    opened = context.new_page()
    opened.goto(f"{live_server.url}{path}")
    yield opened
    context.close()
