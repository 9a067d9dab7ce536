import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime

import config

ALPHABET = string.ascii_lowercase + string.digits


@dataclass
class Link:
    code: str
    target: str
    expires_at: datetime
    visits: int = 0

    @property
    def short_url(self):
        return f"{config.BASE_URL}/{self.code}"


_links: dict[str, Link] = {}


def create(target):
    code = _free_code()
    link = Link(code, target, expires_at=datetime.now(UTC) + config.LINK_TTL)
    _links[code] = link
    return link


def find(code):
    """Return the link, or None when there is none or it has expired."""
    link = _links.get(code)
    if link and link.expires_at <= datetime.now(UTC):
        del _links[code]
        return None
    return link


def delete(code):
    return _links.pop(code, None) is not None


def _free_code():
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(config.CODE_LENGTH))
        if code not in _links:
            return code
