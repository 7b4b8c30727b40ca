"""What prefixes mean: the names of an expression become `{namespace}local`, as the nodes of a document are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from forms.errors import XPathError
from forms.xpath.syntax import Call, Chain, Expression, Filtered, Negation, Path, Step

WELL_KNOWN: Mapping[str, str] = {
    "h": "http://www.w3.org/1999/xhtml",
    "html": "http://www.w3.org/1999/xhtml",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "xf": "http://www.w3.org/2002/xforms",
    "xforms": "http://www.w3.org/2002/xforms",
    "jr": "http://openrosa.org/javarosa",
    "javarosa": "http://openrosa.org/javarosa",
    "orx": "http://openrosa.org/xforms",
    "odk": "http://www.opendatakit.org/xforms",
    "entities": "http://www.opendatakit.org/xforms/entities",
    "xml": "http://www.w3.org/XML/1998/namespace",
    "enk": "http://enketo.org/xforms",
}
"""Prefixes that every ODK form uses alike."""


@dataclass(frozen=True, slots=True)
class Names:
    """The namespaces that an expression may name."""

    uris: Mapping[str, str]
    """By prefix; "" is what a name without a prefix may also mean, besides no namespace: XForms when nobody says."""

    def __hash__(self) -> int:
        """By what they mean."""
        return hash(frozenset(self.uris.items()))

    def resolved(self, expression: Expression) -> Expression:
        """The expression with every name as documents have it. Raises XPathError for a prefix nobody declared."""
        if isinstance(expression, Chain):
            rest = tuple((sign, self.resolved(each)) for sign, each in expression.rest)
            return replace(expression, first=self.resolved(expression.first), rest=rest)
        if isinstance(expression, Negation):
            return replace(expression, operand=self.resolved(expression.operand))
        if isinstance(expression, Call):
            return replace(expression, arguments=self._all(expression.arguments))
        if isinstance(expression, Filtered):
            base = self.resolved(expression.base)
            return replace(expression, base=base, predicates=self._all(expression.predicates))
        if isinstance(expression, Path):
            start = None if expression.start is None else self.resolved(expression.start)
            return replace(expression, start=start, steps=tuple(map(self._step, expression.steps)))
        return expression

    def _all(self, expressions: tuple[Expression, ...]) -> tuple[Expression, ...]:
        return tuple(map(self.resolved, expressions))

    def _step(self, step: Step) -> Step:
        return replace(step, test=self._test(step), predicates=self._all(step.predicates))

    def _test(self, step: Step) -> str:
        if step.test == "*" or step.test.endswith(")") or step.axis == "namespace":
            return step.test
        prefix, colon, local = step.test.partition(":")
        if not colon:
            return f"{{{self.uris.get('') or WELL_KNOWN['xf']}}}{step.test}|{step.test}"
        uri = self.uris.get(prefix, WELL_KNOWN.get(prefix))
        if uri is None:
            raise XPathError(f"An expression uses the prefix “{prefix}”, which nobody declared.", place=step.place)
        return f"{{{uri}}}{local}"
