"""Run the tests where student code cannot reach them.

Two kernels work on a notebook. The student's kernel runs the student's cells. The checker's kernel runs only cells that the
instructor wrote and locked: it never runs student code. Before such a cell runs, the names it reads are fetched from the
student's kernel as plain values (`values`). A function of the student's arrives as a stub, which calls the real one over there,
also where it comes from a library. Nothing else crosses: of a module or an object, a test sees a stand-in with the plain
attributes that it reads, equal to nothing but itself; and nothing is imported here on a student's word.

What the checker takes for granted comes from the instructor: names that locked cells define, imports that the instructor's own
notebook makes, and builtins. A student who redefines ``np``, ``isinstance`` or a checking helper does so over there only.
"""

import ast
import builtins
import contextlib
import inspect
import itertools
import sys
import traceback
import types

from postwar.grading import kernel as kernels
from postwar.grading import reading, values, wire

# -- in the student's kernel ---------------------------------------------------------------------------------------------


class Answers:
    """Answers what the checker asks about the student's names. All it says is a claim of the student's kernel."""

    def __init__(self, sock):
        self._sock = sock
        self._functions = {}

    def __call__(self, kernel, request):
        if request["ask"] == "names":
            namespace = kernel.shell.user_ns
            reply = {"values": [self._look_up(namespace, root, paths) for root, paths in request["names"]]}
        else:
            reply = self._call(kernel, request)
        try:
            wire.send(self._sock, {"id": request["id"], **reply})
        except wire.WireError as error:  # too long a value
            wire.send(self._sock, {"id": request["id"], "error": values.encode_exception(ValueError(str(error)))})

    def _encode(self, value):
        return values.encode(value, name_function=self._name_function)

    def _name_function(self, function):
        if isinstance(function, type):
            return values.encode(function)
        handle = len(self._functions)
        self._functions[handle] = function
        signature = None
        with contextlib.suppress(Exception):
            signature = [
                [
                    p.name,
                    int(p.kind),
                    p.default is not p.empty,
                    values.encode(None if p.default is p.empty else p.default),
                ]
                for p in inspect.signature(function).parameters.values()
            ]
        name, text = getattr(function, "__name__", "function"), getattr(function, "__doc__", None)
        text = text if isinstance(text, str) else None
        return ["function", handle, str(name), text, signature, values.address(function)]

    def _look_up(self, namespace, root, paths):
        """The value of name *root*, or None when there is no such name; an object comes with its attributes *paths*."""
        if root not in namespace:
            return None
        value = namespace[root]
        encoded = self._encode(value)
        if isinstance(encoded, list) and encoded[0] == "object":
            for path in paths:
                with contextlib.suppress(Exception):
                    encoded[3][path] = self._encode(getattr(value, path))
        return [encoded]

    def _call(self, kernel, request):
        """Call one of the student's functions; what it prints or displays goes back with its value."""
        output = []
        session = kernel.session
        sink, session.sink = session.sink, lambda channel, msg, buffers: _collect(output, msg)
        resolve = _resolve_here
        try:
            arguments = [values.decode(argument, resolve) for argument in request["arguments"]]
            keywords = {name: values.decode(argument, resolve) for name, argument in request["keywords"].items()}
            with kernels.interruptible():
                result = {"value": self._encode(self._functions[request["function"]](*arguments, **keywords))}
            # A function may change the list or table that it was given.
            result["arguments"] = [_changeable(argument) for argument in arguments]
        except BaseException as error:
            result = {"error": {**values.encode_exception(error), "where": _where(error)}}
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):
                    stream.flush()
            session.sink = sink
        return {**result, "output": output}


def _resolve_here(tag, *rest):
    """What a test hands to a student's function besides plain values: in this process, anything that is loaded may be named."""
    found = sys.modules.get(rest[0]) if tag in ("module", "import", "error") else None
    if tag in ("import", "error"):
        for step in rest[1].split("."):
            found = getattr(found, step, None)
    if found is not None:
        return found
    return values.stand_in("builtins", tag, {}) if tag != "object" else values.stand_in(*rest[:3])


def _where(error):
    """The lines of the student's cells that *error* came through, as text: a traceback does not cross processes."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "ipykernel_" in frame.filename]
    return "\n".join(f"  in {frame.name}, line {frame.lineno}: {frame.line}" for frame in frames)


def _changeable(argument):
    return [values.encode(argument)] if type(argument).__name__ in _REPLACE else None


def _collect(output, msg):
    content, kind = msg["content"], msg["header"]["msg_type"]
    if kind == "stream":
        output.append(["stream", content["name"], content["text"]])
    elif kind == "display_data":
        output.append(["display", content["data"], content["metadata"]])


def serve_student(sock, questions, confine):
    """Be the student's kernel: cells arrive on *sock*, the checker's questions on *questions*; *confine* comes before any of them."""
    sys.path.insert(0, "")  # as in an ordinary kernel: modules beside the notebook
    kernels.serve(sock, {questions: Answers(questions)}, confine=confine)


# -- in the checker's kernel ---------------------------------------------------------------------------------------------


def serve_checker(sock, questions, instructor, folder):
    """Be the checker's kernel. *instructor* is what `describe` says; *folder* holds the instructor's own modules."""
    sys.path[:] = [folder, *(entry for entry in sys.path if entry not in ("", "."))]
    names = Names(questions, **instructor)
    kernels.serve(sock, around=names, clean=without_our_frames)


class Names:
    """The checker's namespace: decides for each name that a locked cell reads where its value comes from."""

    def __init__(self, questions, imports=None, touched=None, changed=None, stars=()):
        self._student = questions
        self._imports = dict(imports or {})
        self._packages = {statement.split()[1].partition(".")[0] for statement in self._imports.values()}
        for statement in stars:
            found = {}
            with contextlib.suppress(Exception):
                exec(statement, found)
            module = statement.split()[1]
            self._imports |= {name: f"from {module} import {name}" for name in found if not name.startswith("_")}
        self._touched = None if touched is None else set(touched)
        self._changed = None if changed is None else set(changed)
        self._ids = itertools.count()
        self._given = {}
        self._kept = set()
        self._fetched = set()
        self._inside_functions = {}
        self._lent = {}

    def note(self, text):
        self.put({"channel": "note", "text": text})

    def before(self, kernel, request):
        """Give the checker the names that the cell reads, as the student's kernel has them now."""
        self._about = request.get("about") or reading.about(_parse(kernel.shell, request["code"]))
        self._lent = {}
        wanted = {name: set(paths) for name, paths in self._about["reads"].items()}
        for name, paths in self._inside_functions.items():
            wanted.setdefault(name, set()).update(paths)
        imported = self._about["imports"]
        self._packages.update(self._about["packages"])
        asked = sorted(
            (name, sorted(paths))
            for name, paths in wanted.items()
            if name not in imported and (name in self._given or self._belongs_to_student(name))
        )
        paths = dict(asked)
        if not asked:
            return
        namespace = kernel.shell.user_ns
        with kernels.interruptible():
            answers = self._ask({"ask": "names", "names": asked}).get("values", ())
        for (name, _), answer in zip(asked, answers, strict=False):
            if name in self._given:
                if answer is not None and not _alike(answer[0], self._given[name]):
                    self.note(f"redefined “{name}”, which is given")
            elif answer is not None:
                self._fetched.add(name)
                self._define(namespace, name, answer[0], looked_into=bool(paths[name]))
            elif name in self._fetched:
                namespace.pop(name, None)

    def _belongs_to_student(self, name):
        if name in self._kept or name.startswith("__"):
            return False
        if name in self._imports:
            return True
        return not hasattr(builtins, name) if self._touched is None else name in self._touched

    def _define(self, namespace, name, encoded, *, looked_into):
        if name in self._imports:
            with contextlib.suppress(Exception):
                exec(self._imports[name], namespace)
            if not _alike(encoded, values.encode(namespace.get(name), name_function=_anonymous)):
                self.note(f"redefined “{name}”, which the notebook imports")
            return
        self._lent[name] = encoded
        resolver = _Resolver(self)
        try:
            namespace[name] = values.decode(encoded, resolver)
        except Exception as error:
            namespace[name] = values.stand_in("builtins", f"unreadable_{type(error).__name__}", {})
            resolver.refused.append("a value that cannot be read")
        if resolver.refused and not looked_into:
            self.note(
                f"“{name}” holds {resolver.refused[0]}: tests see only plain values and functions, so it equals nothing"
            )

    def after(self, kernel, request):
        """Remember what the cell has defined: later cells of the checker use it whatever the student does to the name.

        Of a test, say also whether it changed a value that it was given: then the student's kernel has to run it as well.
        """
        namespace = kernel.shell.user_ns
        if request["test"] and any(_is_changed(namespace.get(name), lent) for name, lent in self._lent.items()):
            self.put({"channel": "changed"})
        for name in self._about["binds"]:
            value = namespace.get(name)
            definition = callable(value) or isinstance(value, types.ModuleType)
            constant = isinstance(value, bool | int | float | complex | str | bytes | tuple | frozenset)
            if definition or (constant and not request["test"]):
                self._given[name] = values.encode(value, name_function=_anonymous)
            elif not request["test"] and self._changed is not None and name not in self._changed:
                self._kept.add(name)  # a table, list or object that the answers only read
        if self._about["defines"]:
            for name, paths in self._about["reads"].items():
                self._inside_functions.setdefault(name, set()).update(paths)

    def _ask(self, request):
        """Put a question to the student's kernel and wait for its answer; a test's time limit ends the wait."""
        number = next(self._ids)
        wire.send(self._student, {"id": number, **request})
        while True:
            reply = wire.receive(self._student)
            if reply.get("id") == number:  # an older number: the answer to a question that was interrupted
                return reply

    def call(self, function, arguments, keywords):
        encoded = [values.encode(argument, name_function=values.name_importable) for argument in arguments]
        request = {"ask": "call", "function": function, "arguments": encoded}
        request["keywords"] = {
            name: values.encode(value, name_function=values.name_importable) for name, value in keywords.items()
        }
        reply = self._ask(request)
        _show(reply.get("output", ()))
        resolve = _Resolver(self)
        if "error" in reply:
            error = values.decode_exception(reply["error"], resolve)
            if reply["error"].get("where"):
                error.add_note(str(reply["error"]["where"]))
            raise error
        for before, sent, after in zip(arguments, encoded, reply.get("arguments", ()), strict=False):
            if after is not None and after[0] != sent:
                _REPLACE[type(before).__name__](before, values.decode(after[0], resolve))
        return values.decode(reply["value"], resolve)


class _Resolver:
    """What `values.decode` asks about whatever is no plain value. All of it is the student's word: nothing is looked up by it.

    *refused* collects what could not cross, in words.
    """

    def __init__(self, names):
        self._names = names
        self.refused = []

    def __call__(self, tag, *rest):
        if tag == "function":
            return _stub(self._names, *rest[:4])
        if tag == "error":
            return self._error(*rest)
        if tag == "object":
            module, qualname, attributes = rest[:3]
            self.refused.append(f"a {str(qualname)[:80]} of {str(module)[:80]}")
            read = {name: values.decode(value, self) for name, value in attributes.items() if not name.startswith("__")}
            return values.stand_in(str(module), str(qualname), read)
        if tag in ("module", "import"):
            self.refused.append(f"the {'module' if tag == 'module' else 'object'} {'.'.join(map(str, rest))[:80]}")
            return values.stand_in("builtins", "module" if tag == "module" else "function", {})
        raise ValueError(f"{str(tag)[:80]} cannot be carried over")

    def _error(self, module, name):
        """The class of an error from a package that the instructor's own cells import, as far as it is loaded already."""
        if str(module).partition(".")[0] in self._names._packages:
            found = sys.modules.get(module)
            for step in str(name).split("."):
                found = vars(found).get(step) if found is not None else None
            if isinstance(found, type) and issubclass(found, BaseException):
                return found
        return None


def _is_changed(value, lent):
    # A stub or a stand-in has nothing of its own that a test could change.
    if isinstance(lent, list) and lent[0] in ("function", "object", "import", "module"):
        return False
    return values.encode(value, name_function=_anonymous) != lent


def _anonymous(function):
    if isinstance(function, type):
        return values.encode(function)
    return ["function", None, str(getattr(function, "__name__", "function")), None, None, values.address(function)]


def _alike(claimed, own):
    """Whether the student's kernel describes a name as the checker's does; of two functions, names and origins are compared."""
    if isinstance(claimed, list) and isinstance(own, list) and claimed[:1] == own[:1] == ["function"]:
        return claimed[2:3] + claimed[5:] == own[2:3] + own[5:]
    return claimed == own


def _stub(names, handle, name, text, signature):
    def stub(*arguments, **keywords):
        return names.call(handle, arguments, keywords)

    stub.__name__ = stub.__qualname__ = str(name)
    stub.__module__ = "__main__"
    stub.__doc__ = text
    if signature is not None:
        with contextlib.suppress(Exception):
            stub.__signature__ = inspect.Signature(
                [
                    inspect.Parameter(
                        p, inspect._ParameterKind(kind), default=values.decode(v) if has else inspect.Parameter.empty
                    )
                    for p, kind, has, v in signature
                ]
            )
    return stub


def _show(output):
    for kind, *rest in output:
        if kind == "stream":
            (sys.stderr if rest[0] == "stderr" else sys.stdout).write(str(rest[1]))
        elif kind == "display":
            from IPython.display import display

            display(rest[0], metadata=rest[1], raw=True)


def _replace_list(old, new):
    old[:] = new


def _replace_mapping(old, new):
    old.clear()
    old.update(new)


def _replace_array(old, new):
    old[...] = new


def _replace_frame(old, new):
    old._update_inplace(new)


#: How a changed argument is written back into the object that the test holds.
_REPLACE = {
    "list": _replace_list,
    "bytearray": _replace_list,
    "dict": _replace_mapping,
    "set": _replace_mapping,
    "ndarray": _replace_array,
    "DataFrame": _replace_frame,
    "Series": _replace_frame,
}


def _parse(shell, code):
    """The syntax tree of a cell; empty for one that is not Python."""
    with contextlib.suppress(SyntaxError):
        return ast.parse(code)
    try:
        return ast.parse(shell.transform_cell(code))
    except SyntaxError:
        return ast.Module([], [])


def without_our_frames(error):
    """Take the frames of this module out of *error*'s traceback and of those it is chained to."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kept = [tb for tb in _tracebacks(error) if tb.tb_frame.f_code.co_filename != __file__]
        for one, following in zip(kept, [*kept[1:], None], strict=True):
            one.tb_next = following
        error.__traceback__ = kept[0] if kept else None
        error = error.__cause__ or error.__context__


def _tracebacks(error):
    tb = error.__traceback__
    while tb is not None:
        yield tb
        tb = tb.tb_next
