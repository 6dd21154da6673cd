"""Carry values from one process to another as plain data: what arrives cannot hold code.

`encode` reduces a value to JSON: numbers, text, containers, numpy arrays, pandas objects, dates. A subclass becomes its plain
value; anything else becomes a description. `decode` builds fresh objects from that and never unpickles, imports or calls
anything named by the sender. What is no plain value (a function, a module, an object) it hands to the caller's *resolve*.
"""

import base64
import builtins
import collections
import datetime
import decimal
import enum
import fractions
import pathlib
import sys
import types

DEPTH = 40
_ARRAY_KINDS = "biufcmMSU"


class Opaque:
    """An object that is not a plain value; only its type's name is known here."""


def encode(value, depth=0, name_function=None):  # noqa: PLR0911
    """*value* as JSON. *name_function* says what stands for a callable; without it, callables are described like objects."""
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return value
    if kind is float:
        return value
    if kind is int:
        return value if -(2**62) < value < 2**62 else ["int", hex(value)]
    if depth > DEPTH:
        return _describe(value)
    try:
        return _encode(value, lambda part: encode(part, depth + 1, name_function), name_function)
    except Exception as error:  # a value that misbehaves is not a plain value
        return ["object", kind.__module__, kind.__qualname__, {}, f"{type(error).__name__}"]


def _encode(value, part, name_function):  # noqa: PLR0911, PLR0912
    if isinstance(value, enum.Enum):
        return _describe(value)
    for base, tag in (
        (list, "list"),
        (tuple, "tuple"),
        (set, "set"),
        (frozenset, "frozenset"),
        (collections.deque, "deque"),
    ):
        if isinstance(value, base):
            return [tag, [part(item) for item in base.__iter__(value)]]
    if isinstance(value, dict):
        return ["dict", [[part(key), part(item)] for key, item in dict.items(value)]]
    encoded = _encode_numpy(value, part)
    if encoded is not None:
        return encoded
    for base, plain in ((bool, bool), (int, int.__int__), (float, float.__float__), (str, str.__str__)):
        if isinstance(value, base):
            return encode(plain(value))
    if isinstance(value, complex):
        return ["complex", value.real, value.imag]
    if isinstance(value, bytes | bytearray):
        return [type(value).__name__ if type(value) in (bytes, bytearray) else "bytes", _base64(bytes(value))]
    if isinstance(value, range):
        return ["range", value.start, value.stop, value.step]
    if isinstance(value, slice):
        return ["slice", part(value.start), part(value.stop), part(value.step)]
    if value is Ellipsis:
        return ["ellipsis"]
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return [type(value).__name__ if type(value) in _DATES.values() else "datetime", value.isoformat()]
    if isinstance(value, datetime.timedelta):
        return ["timedelta", value.days, value.seconds, value.microseconds]
    if isinstance(value, decimal.Decimal):
        return ["Decimal", decimal.Decimal.__str__(value)]
    if isinstance(value, fractions.Fraction):
        return ["Fraction", part(value.numerator), part(value.denominator)]
    if isinstance(value, pathlib.PurePath):
        return ["path", str(value)]
    if isinstance(value, types.ModuleType):
        return ["module", value.__name__]
    if isinstance(value, type) and value.__name__ in PLAIN_TYPES and value is PLAIN_TYPES[value.__name__]:
        return ["type", value.__name__]
    if callable(value) and name_function is not None:
        return name_function(value)
    return _describe(value)


def _plain_types():
    errors = (each for each in vars(builtins).values() if isinstance(each, type) and issubclass(each, BaseException))
    plain = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range, type(None))
    return {each.__name__: each for each in (*plain, *errors)}


#: Classes that cross by name: those of plain values, and Python's own errors.
PLAIN_TYPES = _plain_types()


_DATES = {"datetime": datetime.datetime, "date": datetime.date, "time": datetime.time}


def address(value):
    """Where a function or class can be imported from, as ``"module:name"``; None for what a notebook defines."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    owner = sys.modules.get(module) if isinstance(module, str) else None
    if owner is not None and module != "__main__" and getattr(owner, str(name), None) is value:
        return f"{module}:{name}"
    return None


def name_importable(function):
    """A *name_function* for a receiver that may import what the sender names: the student's kernel."""
    place = address(function)
    return ["import", *place.split(":")] if place else _describe(function)


def _describe(value):
    kind = type(value)
    return ["object", str(kind.__module__), str(kind.__qualname__), {}]


def _base64(data):
    return base64.b64encode(data).decode("ascii")


def _encode_numpy(value, part):  # noqa: PLR0911, PLR0912
    """numpy and pandas values, where these libraries are loaded; None for anything else."""
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if np is not None and hasattr(np, "ndarray"):
        if isinstance(value, np.ma.MaskedArray):
            return _describe(value)
        if isinstance(value, np.generic) and value.dtype.kind in _ARRAY_KINDS:
            return ["scalar", value.dtype.str, _base64(value.tobytes())]
        if isinstance(value, np.ndarray):
            value = np.asarray(value)
            if value.dtype.kind == "O":
                return ["objects", list(value.shape), [part(item) for item in value.ravel().tolist()]]
            if value.dtype.kind in _ARRAY_KINDS:
                return ["array", value.dtype.str, list(value.shape), _base64(np.ascontiguousarray(value).tobytes())]
            return _describe(value)
    if pd is not None and hasattr(pd, "DataFrame"):
        if value is pd.NA or value is pd.NaT:
            return ["NA" if value is pd.NA else "NaT"]
        if isinstance(value, pd.DataFrame):
            columns = [part(value.iloc[:, i].array) for i in range(value.shape[1])]
            return ["frame", part(value.columns), part(value.index), columns]
        if isinstance(value, pd.Series):
            return ["series", part(value.array), part(value.index), part(value.name)]
        if isinstance(value, pd.RangeIndex):
            return ["rangeindex", value.start, value.stop, value.step, part(value.name)]
        if isinstance(value, pd.MultiIndex):
            return ["multiindex", [part(item) for item in value.tolist()], part(list(value.names))]
        if isinstance(value, pd.Index):
            return ["index", part(value.array), part(value.name)]
        if isinstance(value, pd.Categorical):
            return ["categorical", part(value.codes), part(value.categories), bool(value.ordered)]
        if isinstance(value, pd.Timestamp):
            return ["timestamp", value.isoformat(), str(value.tz) if value.tz else None]
        if isinstance(value, pd.Timedelta):
            return ["pdtimedelta", value.value]
        if isinstance(value, pd.Period):
            return ["period", str(value), value.freqstr]
        if isinstance(value, pd.api.extensions.ExtensionArray):
            plain = value.to_numpy()
            if value.dtype == plain.dtype:
                return part(plain)
            return ["extension", str(value.dtype), [part(item) for item in value]]
    return None


def decode(encoded, resolve=None):
    """The value that *encoded* stands for. *resolve* turns "import", "module", "function", "object" and "error" into something."""
    if not isinstance(encoded, list):
        if encoded is None or isinstance(encoded, str | int | float):
            return encoded
        raise ValueError("not an encoded value")
    tag, *rest = encoded
    if tag == "error":
        raise ValueError("a class of errors is no value")
    return _DECODERS[tag](lambda part: decode(part, resolve), *rest) if tag in _DECODERS else resolve(tag, *rest)


def _array(part, dtype, shape, data):
    import numpy as np

    dtype = np.dtype(dtype)
    if dtype.kind not in _ARRAY_KINDS:
        raise ValueError(f"arrays of {dtype} are not plain")
    return np.frombuffer(base64.b64decode(data), dtype=dtype).reshape(shape).copy()


def _objects(part, shape, items):
    import numpy as np

    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = part(item)
    return array.reshape(shape)


def _frame(part, columns, index, arrays):
    import pandas as pd

    frame = pd.DataFrame(dict(enumerate(part(array) for array in arrays)), index=part(index))
    frame.columns = part(columns)
    return frame


def _pandas(name):
    def make(part, *arguments):
        import pandas as pd

        return _PANDAS[name](pd, part, *arguments)

    return make


_PANDAS = {
    "NA": lambda pd, part: pd.NA,
    "NaT": lambda pd, part: pd.NaT,
    "series": lambda pd, part, array, index, name: pd.Series(part(array), index=part(index), name=part(name)),
    "rangeindex": lambda pd, part, start, stop, step, name: pd.RangeIndex(start, stop, step, name=part(name)),
    "multiindex": lambda pd, part, items, names: pd.MultiIndex.from_tuples([part(i) for i in items], names=part(names)),
    "index": lambda pd, part, array, name: pd.Index(part(array), name=part(name)),
    "categorical": lambda pd, part, codes, categories, ordered: pd.Categorical.from_codes(
        part(codes), part(categories), ordered=ordered
    ),
    "timestamp": lambda pd, part, text, zone: pd.Timestamp(text).tz_convert(zone) if zone else pd.Timestamp(text),
    "pdtimedelta": lambda pd, part, value: pd.Timedelta(value),
    "period": lambda pd, part, text, freq: pd.Period(text, freq=freq),
    "extension": lambda pd, part, dtype, items: pd.array([part(item) for item in items], dtype=dtype),
}

_DECODERS = {
    "int": lambda part, text: int(text, 16),
    "list": lambda part, items: [part(item) for item in items],
    "tuple": lambda part, items: tuple(part(item) for item in items),
    "set": lambda part, items: {part(item) for item in items},
    "frozenset": lambda part, items: frozenset(part(item) for item in items),
    "deque": lambda part, items: collections.deque(part(item) for item in items),
    "dict": lambda part, items: {part(key): part(item) for key, item in items},
    "complex": lambda part, real, imag: complex(real, imag),
    "bytes": lambda part, data: base64.b64decode(data),
    "bytearray": lambda part, data: bytearray(base64.b64decode(data)),
    "range": lambda part, *limits: range(*limits),
    "slice": lambda part, *limits: slice(*map(part, limits)),
    "ellipsis": lambda part: ...,
    "timedelta": lambda part, days, seconds, micro: datetime.timedelta(days, seconds, micro),
    "Decimal": lambda part, text: decimal.Decimal(text),
    # Of whole numbers only: a text such as 1e30000000 would take minutes.
    "Fraction": lambda part, *ratio: fractions.Fraction(*(int(part(each)) for each in ratio)),
    "type": lambda part, name: PLAIN_TYPES[name],
    "path": lambda part, text: pathlib.PurePath(text) if not text.startswith("/") else pathlib.Path(text),
    "scalar": lambda part, dtype, data: _array(part, dtype, (), data)[()],
    "array": _array,
    "objects": _objects,
    "frame": _frame,
    **{name: lambda part, text, kind=kind: kind.fromisoformat(text) for name, kind in _DATES.items()},
    **{name: _pandas(name) for name in _PANDAS},
}


def stand_in(module, qualname, attributes):
    """An object that has *attributes* and otherwise only the name of its class, so that error messages read as usual."""
    kind = type(qualname.rpartition(".")[2] or "object", (Opaque,), {"__module__": module, "__qualname__": qualname})
    thing = kind()
    for name, value in attributes.items():
        object.__setattr__(thing, name, value)
    return thing


def encode_exception(error):
    """What is needed to raise the same error elsewhere: its plain type, arguments and text."""
    kind = type(error)
    bases = [base.__name__ for base in kind.__mro__ if getattr(builtins, base.__name__, None) is base]
    try:
        text = str(error)
    except Exception:
        text = ""
    return {
        "type": kind.__name__,
        "module": kind.__module__,
        "base": bases[0],
        "arguments": encode(error.args),
        "text": text,
    }


def decode_exception(encoded, resolve):
    """An exception like the one that was encoded: of the same class where it is a trusted one, else of its nearest base."""
    base = getattr(builtins, str(encoded["base"]), Exception)
    if not (isinstance(base, type) and issubclass(base, BaseException)):
        base = Exception
    kind = base
    if encoded["type"] != base.__name__:
        found = resolve("error", encoded["module"], encoded["type"])
        if isinstance(found, type) and issubclass(found, base):
            kind = found
        else:
            kind = type(
                str(encoded["type"]), (base,), {"__module__": str(encoded["module"]), "__str__": lambda self: text}
            )
    text = str(encoded["text"])
    try:
        arguments = decode(encoded["arguments"], resolve)
        return kind(*arguments)
    except Exception:
        return base(text)
