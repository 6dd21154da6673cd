"""What a cell's code says about names, found without running it."""

import ast
import builtins
import contextlib
import functools
import symtable


def names_read(tree):
    """``{name: attributes read from it}`` for all names that *tree* loads."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.setdefault(node.id, set())
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr"):
            match node.args:
                case [ast.Name(id=name), ast.Constant(value=str(attribute)), *_]:
                    found.setdefault(name, set()).add(attribute)
    return found


def names_imported(tree):
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return {alias.asname or alias.name.partition(".")[0] for node in nodes for alias in node.names}


def packages_imported(tree):
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def names_bound(tree):
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return bound | names_imported(tree) | {node.name for node in ast.walk(tree) if isinstance(node, definitions)}


def names_bound_outside_functions(source):
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}


def about(tree):
    """What the checker needs to know of a locked cell before and after it runs it, as a JSON object."""
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {
        "reads": {name: sorted(attributes) for name, attributes in names_read(tree).items()},
        "imports": sorted(names_imported(tree)),
        "packages": sorted(packages_imported(tree)),
        "binds": sorted(names_bound(tree)),
        "defines": any(isinstance(node, definitions) for node in ast.walk(tree)),
    }


@functools.lru_cache(maxsize=1000)
def about_python(source):
    """`about` for a cell of plain Python, read once for a whole class; None for any other."""
    with contextlib.suppress(SyntaxError, ValueError):
        return about(ast.parse(source))
    return None


#: Calls that are known to change nothing of what they are given.
_READERS = ("print", "display", "len", "repr", "str", "type", "sorted", "sum", "min", "max")


def names_changed(tree):
    """The names whose values *tree* may bind anew or change in place: assigned to in part, or handed to a bare call."""
    found = names_bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(_root(node))
        elif (
            isinstance(node, ast.Call)
            and any(keyword.arg in ("inplace", "out") for keyword in node.keywords)
            or isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and _root(node.value) not in _READERS
        ):
            found |= names_read(node).keys()
    return found - {None}


def _root(node):
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return getattr(node, "id", None)


@functools.cache
def names_left(source):
    """The names that the visible part of a test defines, when that is all it may leave behind; None when it may do more.

    Imports, assertions, and calls that are given a value to look at leave nothing else behind: a test that changes the value
    itself is noticed when it runs.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    imported = names_imported(tree)
    for statement in tree.body:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Assert():
                continue
            case ast.Expr(value=ast.Call() as call) if not any(isinstance(node, ast.Await) for node in ast.walk(call)):
                parts = [*call.args, *(keyword.value for keyword in call.keywords)]
                read = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
                if any(name not in imported and not hasattr(builtins, name) for name in read):
                    continue
        return None
    return sorted(names_bound(tree))


def describe(cells):
    """What the instructor's own notebook says about names: its imports, and the names that its unlocked cells touch or change;
    and the tables of the course that it loads.

    *cells* are ``(source, locked)`` pairs. A name that no unlocked cell touches cannot be part of an answer, nor can a
    builtin that none defines. What a locked cell defines and no unlocked one changes stays as the locked cell defined it.
    """
    imports, stars, tables, touched, changed = {}, [], set(), set(), set()
    for source, locked in cells:
        lines = [line for line in source.split("\n") if not line.lstrip().startswith(("%", "!"))]
        try:
            python = "\n".join(lines)
            tree = ast.parse(python)
        except SyntaxError:
            continue
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    one = ast.Import([alias])
                    if isinstance(node, ast.ImportFrom):
                        one = ast.ImportFrom(node.module, [alias], node.level)
                    if alias.name == "*":
                        stars.append(ast.unparse(one))
                    else:
                        imports[alias.asname or alias.name.partition(".")[0]] = ast.unparse(one)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name("load") | ast.Attribute(attr="load"), args=[ast.Constant(str(table))]):
                    tables.add(table)
        if not locked:
            read = {name for name in names_read(tree) if not hasattr(builtins, name)}
            touched |= read | names_bound_outside_functions(python)
            changed |= names_changed(tree)
    return {
        "imports": imports,
        "stars": stars,
        "tables": sorted(tables),
        "touched": sorted(touched),
        "changed": sorted(changed),
    }
