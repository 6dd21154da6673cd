"""What a test expects in kind, in words: from its visible part alone, so never the key."""

import ast


def expected(test: str) -> str:
    """Words for what the visible ``expect_…`` calls of a test cell ask for; empty where there are none."""
    try:
        calls = [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return ""
    said = [_words(call) for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in _WORDS]
    return "; ".join(dict.fromkeys(filter(None, said)))


def _words(call: ast.Call) -> str:
    given = {}
    for word in call.keywords:
        try:
            given[word.arg] = ast.literal_eval(word.value)
        except ValueError:
            return ""
    for i, argument in enumerate(call.args[1:], 1):
        if isinstance(argument, ast.Constant):
            given[i] = argument.value
    return _WORDS[call.func.attr](given)


def _number(given) -> str:
    low, high = given.get("low"), given.get("high")
    if low is None and high is None:
        return "one number"
    if high is None:
        return f"one number, at least {low:g}"
    return f"one number, at most {high:g}" if low is None else f"one number between {low:g} and {high:g}"


def _numbers(given) -> str:
    if keys := given.get("keys"):
        return f"a number for each of {', '.join(map(str, keys))}"
    return f"{given.get('length', 0)} numbers, in order"


def _function(given) -> str:
    names = [name for name in given if isinstance(name, str) and name != "returns"]
    count = given.get("returns", 1)
    return f"a function of {', '.join(names)} that returns {'one number' if count == 1 else f'{count} numbers'}"


_WORDS = {
    "expect_number": _number,
    "expect_numbers": _numbers,
    "expect_function": _function,
    "expect_choice": lambda given: "one of the options",
    "expect_choices": lambda given: "every option that applies",
    "expect_order": lambda given: "all options, in order",
    "expect_pairs": lambda given: "one option for each claim",
}
