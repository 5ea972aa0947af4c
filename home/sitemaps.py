"""The site's plan for people: the tree of its public pages, long shelves cut short."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from wagtail.models import Page

MAX_CHILDREN = 40


@dataclass(slots=True)
class Branch:
    """A page and what it holds; `others` counts the children left out."""

    title: str
    url: str
    children: list["Branch"] = field(default_factory=list)
    others: int = 0


def site_branches(root: Page, request: HttpRequest) -> list[Branch]:
    """The branches under `root`, in the order of the tree. One query, whatever the size."""
    top = Branch(root.title, "/")
    open_branches = {root.path: top}
    pages = root.get_descendants().live().public().order_by("path")
    for page in pages:
        holder = _holder(page.path, open_branches)
        if len(holder.children) >= MAX_CHILDREN:
            holder.others += 1
            continue
        branch = Branch(page.title, page.get_url(request) or "")
        holder.children.append(branch)
        open_branches[page.path] = branch
    return top.children


def _holder(path: str, branches: dict[str, Branch]) -> Branch:
    """The branch of the nearest ancestor that is shown."""
    while path not in branches:
        path = path[: -Page.steplen]
    return branches[path]
