"""People who work in the admin. Custom from the first migration: it can not be done later."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A documentalist, an editor, an administrator."""

    class Meta:
        verbose_name = "compte"
        verbose_name_plural = "comptes"

    def __str__(self) -> str:
        return self.get_full_name() or self.get_username()
