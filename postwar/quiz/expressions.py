"""Calculations in banks of questions: the part of Python that works out numbers and words, and nothing that reaches further.

A bank may come from somebody else. What it may write is a list (`_SYNTAX`, `_FUNCTIONS`, `_METHODS`): no attribute but those methods,
no import, no name but those of the numbers around it, and no power or range that would be worked out for ever.
"""

import ast
from functools import lru_cache

_SYNTAX = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Subscript, ast.Slice, ast.Call, ast.keyword, ast.Attribute,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.BitAnd, ast.BitOr,
    ast.UnaryOp, ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or, ast.IfExp,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn,
    ast.Tuple, ast.List, ast.Set, ast.Dict, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.comprehension,
    ast.Lambda, ast.arguments, ast.arg, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
_FUNCTIONS = {
    function.__name__: function
    for function in (abs, all, any, float, int, len, list, map, max, min, range, round, set, sorted, str, sum, zip)
}
_METHODS = {"capitalize", "get", "items", "join", "keys", "values"}
_LONGEST_RANGE = 100_000
_MOST_DIGITS = 10_000  # of a whole number in binary


def _range(*bounds):
    if len(numbers := range(*bounds)) > _LONGEST_RANGE:
        raise ValueError(f"a range has at most {_LONGEST_RANGE:,} numbers")
    return numbers


def _power(base, exponent):
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > _MOST_DIGITS:
        raise ValueError(f"a power has at most {_MOST_DIGITS:,} binary digits")
    return base**exponent


class _BoundedPowers(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow):
            return node
        return ast.Call(ast.Name("_power", ast.Load()), [node.left, node.right], [])


def calculate(expression: str, names: dict):
    """What an expression comes to with these names.

    Raises ValueError where it uses more of Python than calculations need, SyntaxError where it is none, and whatever calculating
    raises, such as NameError.
    """
    # Where a name of the numbers is that of a function, it is the number.
    return eval(_compiled(expression), _FUNCTIONS | {"range": _range} | names | {"_power": _power, "__builtins__": {}})  # noqa: S307  only what is listed above


@lru_cache(4096)
def _compiled(expression):
    tree = ast.parse(expression.strip(), mode="eval")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        method = isinstance(node, ast.Attribute) and id(node) in called and node.attr in _METHODS
        private = isinstance(node, ast.Name | ast.arg) and getattr(node, "id", getattr(node, "arg", "")).startswith("_")
        if not isinstance(node, _SYNTAX) or private or (isinstance(node, ast.Attribute) and not method):
            what = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
            raise ValueError(
                f"{expression!r} holds {what}, which no calculation needs; use names, numbers, texts, + − * / **, comparisons, and, or, "
                f"not, {', '.join(_FUNCTIONS)} and the methods {', '.join(sorted(_METHODS))}"
            )
    return compile(ast.fix_missing_locations(_BoundedPowers().visit(tree)), "<bank>", "eval")
