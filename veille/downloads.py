"""A reference as the answer to a request: a file to keep."""

from django.http import HttpResponse

from veille.exports import FILES, FORMATS
from veille.records import Reference


def download(reference: Reference, format_name: str, name: str) -> HttpResponse:
    """The file of one reference, called `name` and the format's ending."""
    form = FORMATS[format_name]
    response = HttpResponse(FILES[format_name]([reference]), content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{format_name}"'
    return response
