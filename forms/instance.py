"""The answers of one interview as a tree, kept right by running again only what a change can reach."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from forms.definition import Form
from forms.graph import CALCULATE, COUNT, OFFERED, RELEVANT, Vertex
from forms.itemsets import TYPED, Reading, choose, keep, offered, readings, said_of
from forms.nodes import Node
from forms.xpath import Compiled, Context, World, patience
from forms.xpath.references import parts
from forms.xpath.syntax import Call

MOST_ROWS = 200
"""Rows one repeat may have."""

SPEAKING = frozenset({"jr:choice-name", "jr:itext"})
"""What gives words in the language shown."""


MOST_RUNS = 1_000
"""Times one expression is put in line by one change; only questions that ask for each other come near it."""


class Instance:
    """The tree of one interview. `changed` collects every node whose value or relevance moved."""

    def __init__(self, form: Form, world: World, new_id: Callable[[], str], *, empty: bool = True) -> None:
        self.form = form
        self.world = world
        self.new_id = new_id
        self.new_row: Callable[[Node], None] = _nobody
        """Told of each row that a count made, before its expressions run."""
        self.whole = not empty
        self.root = self._named(copy(form.model if empty or form.standing is None else form.standing, None))
        self.changed: dict[Node, None] = {}
        self._readings = readings(form)
        self._offers: dict[str, tuple[str, ...]] = {}
        """The choices that no answer narrows, by question."""
        self._heap: list[tuple[int, int]] = []
        self._scopes: dict[int, set[Node] | None] = {}
        self.restless: set[str] = set()
        """Templates of what never came to rest; it is left as it stood after the last of MOST_RUNS."""
        """By rank: where a vertex must be run again; None: everywhere."""

    # -- looking

    def context(self, node: Node) -> Context:
        """Where an expression of a node stands."""
        return Context(node, self.root, node, 1, 1, self.form.instances, self.world)

    def nodes(self, template: str, within: Node | None = None) -> Iterator[Node]:
        """Every node of a template, in order; below one row when it is given."""
        start = within or self.root
        if start.template == template:
            yield start
        elif template.startswith(start.template + "/"):
            head = template[len(start.template) + 1 :].partition("/")[0]
            if head.startswith("@") and head[1:] in start.attributes:
                yield Node(head, start, [], start.attributes[head[1:]], start.relevant, template=template)
            for child in start.children:
                if child.name == head:
                    yield from self.nodes(template, child)

    def find(self, path: str) -> Node | None:
        """The node of a kept path (`b/children/<row>/dob`)."""
        node: Node | None = self.root
        segments = path.split("/") if path else []
        while segments and node is not None:
            name, *segments = segments
            row = segments.pop(0) if segments and segments[0][:1].isdigit() else None
            node = next((child for child in node.children if child.name == name and child.row == row), None)
        return node

    # -- changing

    def settle(self) -> tuple[Node, ...]:
        """Run all that is waiting; what changed since the last time."""
        self.run()
        changed, self.changed = tuple(self.changed), {}
        return changed

    def run(self) -> None:
        """Run all that is waiting, in order. Raises TooManySteps when all of it takes too long."""
        with patience.together():
            self._run_waiting()

    def _run_waiting(self) -> None:
        order = self.form.graph.order
        runs = [0] * len(order)
        while self._heap:
            rank, _ = heapq.heappop(self._heap)
            runs[rank] += 1
            if runs[rank] > MOST_RUNS:  # Two answers that ask for each other may never rest.
                self.restless.add(order[rank].template)
                self._scopes.pop(rank, None)
                continue
            scopes = self._scopes.pop(rank, None) if rank in self._scopes else set()
            vertex = order[rank]
            for within in [None] if scopes is None else list(scopes):
                for node in list(self.nodes(vertex.template, within) if vertex.aspect != COUNT else ()):
                    self._run(vertex, node)
                if vertex.aspect == COUNT:
                    self._recount(vertex, within)

    def run_all(self) -> None:
        """Put every expression in line: what opening and the property test do."""
        for vertex in self.form.graph.order:
            self._wait(vertex, None)

    def speak(self) -> None:
        """The language is another: run again what is made of the form's words."""
        for vertex in self.form.graph.order:
            if any(isinstance(part, Call) and part.name in SPEAKING for part in parts(vertex.expression.expression)):
                self._wait(vertex, None)
        self.settle()

    def put(self, node: Node, text: str, typed: bool = False) -> None:
        """Give a node a text, `typed` or worked out, as its type and choices take it; its readers wait to run."""
        read = self.read(node, text, typed)
        if node.text != read:
            node.text = read
            if node.name.startswith("@") and node.parent is not None:
                node.parent.attributes[node.name[1:]] = read
                self.moved(node.parent)
            else:
                self.moved(node)

    def read(self, node: Node, text: str, typed: bool) -> str:
        """What XPath reads of a text; what was typed and cannot stand is kept beside the node."""
        reading = self._readings.get(node.template)
        if reading is None:
            return text
        node.attributes.pop(TYPED, None)
        if reading.control is None:
            return keep(node, reading, text, typed)
        return choose(node, reading.control.kind, text, self._offered(node, reading)) if text else ""

    def take_defaults(self, within: Node) -> None:
        """Read what the form itself holds, below a node, as its types and choices have it."""
        for node in walk(within):
            if node.text and node.template in self._readings:
                node.text = self.read(node, node.text, typed=False)

    def _offered(self, node: Node, reading: Reading) -> tuple[str, ...]:
        itemset = reading.control.choices if reading.control is not None else None
        if itemset is None:
            return ()
        if not reading.static:
            return offered(itemset, self.context(node))
        known = self._offers.get(node.template)
        if known is None:
            known = self._offers[node.template] = offered(itemset, self.context(node))
        return known

    def moved(self, node: Node) -> None:
        """A node's value moved: everything that reads it is put in line."""
        self.changed[node] = None
        self._stir(node)

    def _stir(self, node: Node) -> None:
        for edge in self.form.graph.readers.get(node.template, ()):
            self._wait(edge.vertex, _common_row(node, edge.vertex.template) if edge.near else None)

    def _wait(self, vertex: Vertex, within: Node | None) -> None:
        if vertex.rank not in self._scopes:
            heapq.heappush(self._heap, (vertex.rank, 0))
            self._scopes[vertex.rank] = set()
        known = self._scopes[vertex.rank]
        if within is None or known is None:
            self._scopes[vertex.rank] = None
        else:
            known.add(within)

    def _run(self, vertex: Vertex, node: Node) -> None:
        context = self.context(node)
        if vertex.aspect == RELEVANT:
            self._set_own_relevance(node, vertex.expression.boolean(context))
        elif vertex.aspect == CALCULATE:
            self.put(node, vertex.expression.string(context))
        elif vertex.aspect == OFFERED and said_of(node):
            self.put(node, said_of(node), typed=True)

    def _set_own_relevance(self, node: Node, own: bool) -> None:
        above = node.parent is None or node.parent.relevant
        if ("irrelevant" in node.attributes) == own:
            if own:
                del node.attributes["irrelevant"]
            else:
                node.attributes["irrelevant"] = ""
        self._spread(node, above and own)

    def _spread(self, node: Node, relevant: bool) -> None:
        if node.relevant == relevant:
            return
        node.relevant = relevant
        self.moved(node)
        for child in node.children:
            self._spread(child, relevant and "irrelevant" not in child.attributes)

    # -- rows

    def _named(self, within: Node) -> Node:
        """Give the rows that stand in it their ids."""
        for node in walk(within):
            if node.row == "":
                node.row = self.new_id()
        return within

    def add_row(self, repeat: str, parent: Node, row: str, *, at: int | None = None, whole: bool = False) -> Node:
        """Add a row, the `at`-th from 1 or behind the last; its expressions and the repeat's readers are put in line.

        A `whole` one holds the rows of repeats inside that the form itself has in it.
        """
        node = copy(self.form.whole_rows[repeat] if whole else self.form.rows[repeat], parent)
        node.row = row
        self._named(node)
        self.take_defaults(node)
        parent.children.insert(self._place(repeat, parent, at), node)
        if not parent.relevant:
            node.relevant = True
            self._spread(node, False)
        self._row_moved(node)
        for vertex in self.form.graph.order:
            if vertex.template == repeat or vertex.template.startswith(repeat + "/"):
                self._wait(vertex, node if vertex.aspect != COUNT else None)
        return node

    def _place(self, repeat: str, parent: Node, at: int | None) -> int:
        """Where among a node's children a row goes; the first row where its repeat stands in the model."""
        rows = [place for place, child in enumerate(parent.children) if child.template == repeat]
        if at is not None and 1 <= at <= len(rows):
            return rows[at - 1]
        if rows:
            return rows[-1] + 1
        own = self.form.places.get(repeat, 0)
        return next(
            (p for p, child in enumerate(parent.children) if self.form.places.get(child.template, -1) > own),
            len(parent.children),
        )

    def remove_row(self, node: Node) -> None:
        """Take a row out, with everything in it."""
        if node.parent is not None:
            self._row_moved(node)
            node.parent.children.remove(node)
            self.changed[node.parent] = None

    def _row_moved(self, row: Node) -> None:
        """Rows before and after stand elsewhere now: whoever reads the repeat or anything in it runs again."""
        self.changed[row] = None
        for below in walk(row):
            for edge in self.form.graph.readers.get(below.template, ()):
                self._wait(edge.vertex, None)

    def _recount(self, vertex: Vertex, within: Node | None) -> None:
        above = vertex.template.rpartition("/")[0]
        for parent in list(self.nodes(above, within)):
            rows = [child for child in parent.children if child.template == vertex.template]
            at_repeat = Node(vertex.template.rpartition("/")[2], parent, template=vertex.template)
            wanted = _whole(vertex.expression, self.context(at_repeat))
            for row in rows[wanted:]:
                self.remove_row(row)
            for _ in range(wanted - len(rows)):
                self.new_row(self.add_row(vertex.template, parent, self.new_id(), whole=self.whole))


def _nobody(_: Node) -> None:
    pass


def _whole(expression: Compiled, context: Context) -> int:
    number = expression.number(context)
    return 0 if number != number else int(max(0, min(number, MOST_ROWS)))


def _common_row(node: Node, template: str) -> Node | None:
    """The innermost row around a node that an expression at `template` lies in too."""
    at: Node | None = node
    while at is not None:
        if at.row is not None and (template == at.template or template.startswith(at.template + "/")):
            return at
        at = at.parent
    return None


def copy(node: Node, parent: Node | None) -> Node:
    """A node with all below it."""
    made = Node(node.name, parent, [], node.text, True, node.row, dict(node.attributes), node.template)
    made.children = [copy(child, made) for child in node.children]
    return made


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in document order."""
    yield node
    for child in node.children:
        yield from walk(child)
