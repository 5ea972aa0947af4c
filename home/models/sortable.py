"""What a listing may be sorted by while it is searched."""

from django.db import models
from wagtail.search import index


class SortField(index.FilterField):
    """A foreign key to sort by.

    The search knows a filter by its column (« parent_id ») and an order by what the query says
    (« parent »): a relation that is both filtered and sorted by is declared as both.
    """

    def get_attname(self, cls: type[models.Model]) -> str:
        return self.field_name
