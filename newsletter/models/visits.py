"""How often the pages of a letter are opened from it: a number a page, a letter and a day.

The tag is the same for every reader, nothing tells who came.
"""

from django.db import models


class CampaignVisit(models.Model):
    page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name="page",
        on_delete=models.CASCADE,
        related_name="campaign_visits",
    )
    campaign = models.CharField("campagne", max_length=80)
    day = models.DateField("jour")
    count = models.PositiveIntegerField("visites", default=0)

    class Meta:
        verbose_name = "visites d'une campagne"
        verbose_name_plural = "visites des campagnes"
        ordering = ["-day", "campaign"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "page", "day"], name="one_count_a_page_campaign_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.day:%d/%m/%Y} : {self.count}"
