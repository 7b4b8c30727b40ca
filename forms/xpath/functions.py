"""Every function an expression may call, in one table: the 69 of the ODK XForms specification, and a few more."""

from __future__ import annotations

from forms.xpath.functions_dates import DATES
from forms.xpath.functions_geo import GEO
from forms.xpath.functions_logic import LOGIC
from forms.xpath.functions_nodes import NODES
from forms.xpath.functions_number import NUMBER
from forms.xpath.functions_text import TEXT
from forms.xpath.registry import Function

FUNCTIONS: dict[str, Function] = {**LOGIC, **TEXT, **NUMBER, **DATES, **NODES, **GEO}
