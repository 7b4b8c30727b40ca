"""Whom the line trusts: TLS as a device demands it."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def certificates() -> ssl.SSLContext:
    """TLS 1.2 or newer; a name must stand in the certificate's SAN (the common name alone is not enough)."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    return context
