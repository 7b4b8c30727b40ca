"""XPath 1.0 with the functions of the ODK XForms specification, compiled once to closures.

Not here: forms, questions, and when an expression must run again; those are the interview's.
"""

from forms.errors import XPathError
from forms.xpath.compiler import Compiled, compile_expression
from forms.xpath.context import Context, World, XPathValue
from forms.xpath.documents import written_name
from forms.xpath.outside import Document, evaluate
from forms.xpath.references import Reference
from forms.xpath.values import node_text, to_boolean, to_number, to_text

__all__ = [
    "Compiled",
    "Context",
    "Document",
    "Reference",
    "World",
    "XPathError",
    "XPathValue",
    "compile_expression",
    "evaluate",
    "node_text",
    "to_boolean",
    "to_number",
    "to_text",
    "written_name",
]
