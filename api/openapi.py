"""`python -m api.openapi > openapi.json` writes the API's description as it is committed."""

from __future__ import annotations

import json
import sys

from api.documents import json_text
from api.http import create_app


def openapi_text() -> str:
    """The description as text."""
    return json_text(json.loads(json.dumps(create_app().openapi())))


if __name__ == "__main__":
    sys.stdout.write(openapi_text())
