"""Images with the rights that a public body must be able to show."""

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class SiteImage(AbstractImage):
    """An image and its rights; the alternative text is Wagtail's `description`."""

    credit = models.CharField("crédit", max_length=255, blank=True)
    rights = models.CharField(
        "droits",
        max_length=255,
        blank=True,
        help_text="Licence ou autorisation, par exemple « CC BY 4.0 ».",
    )

    admin_form_fields = (*Image.admin_form_fields, "credit", "rights")

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        verbose_name_plural = "images"


class SiteRendition(AbstractRendition):
    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            )
        ]
