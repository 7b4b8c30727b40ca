"""A second version of the shipped visit: one answer renamed, one moved, one gone."""

from __future__ import annotations

import re
from functools import cache

from forms.library import Published, sealed, shipped

HAZARDS, COOKING, BATH = "c/facts/hazards", "c/facts/kitchen", "c/facts/bathroom"
"""Renamed with `fp:was`; gone; found under another group."""
NEW_HAZARDS, NEW_BATH = "c/facts/dangers", "c/people/bathroom"


@cache
def next_visit(version: str = "2026.2") -> Published:
    """The visit as the council publishes it next."""
    old = shipped()["visit"]
    xml = old.xml.replace(f'version="{old.version}"', f'version="{version}"')
    for before, after in ((HAZARDS, NEW_HAZARDS), (COOKING, "c/facts/worktop"), (BATH, NEW_BATH)):
        xml = re.sub(rf"/data/{before}\b", f"/data/{after}", xml)
    xml = xml.replace(f'<bind nodeset="/data/{NEW_HAZARDS}"', f'<bind nodeset="/data/{NEW_HAZARDS}" fp:was="{HAZARDS}"')
    xml = xml.replace("<hazards/>", "<dangers/>").replace("<kitchen/>", "<worktop/>").replace("<bathroom/>", "")
    xml = xml.replace("<child_said/>", "<bathroom/><child_said/>")
    policies = {
        {HAZARDS: NEW_HAZARDS, COOKING: "c/facts/worktop", BATH: NEW_BATH}.get(path, path): policy
        for path, policy in old.policies.items()
    }
    return sealed(Published(old.id, version, old.title, xml, policies))
