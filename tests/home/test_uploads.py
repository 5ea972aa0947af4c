"""What the images' form refuses, a partner's logo for instance, and in which words."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from home.models import SiteImage

TOO_HEAVY = 21 * 1024 * 1024


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "#B3341A").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("logo.png", b"MZ\x90 not an image", "n'est pas une image ou bien est corrompu"),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Format d'image non supporté"),
        ("logo.png", png() + b"\0" * TOO_HEAVY, "Ce fichier est trop gros"),
    ],
)
def test_a_logo_that_is_no_image_or_weighs_20_megabytes_is_refused_in_french(
    admin_client: Client, name: str, content: bytes, words: str
) -> None:
    file = SimpleUploadedFile(name, content, content_type="image/png")
    answer = admin_client.post(
        "/admin/images/add/", {"title": "Logo", "file": file, "collection": "1"}
    )
    assert answer.status_code == 200
    assert words in answer.content.decode().replace("&#x27;", "'").replace("’", "'")
    assert SiteImage.objects.count() == 0
