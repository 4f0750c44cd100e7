"""One worker of `mls serve`: loads one model, then answers frames on the socket that is its standard input, or at the path
that it is given.

A frame is 4 bytes of length of a JSON head, 8 bytes of length of a body (both little-endian), the head, the body.
Columns and tensors lie in the body as numpy has them in memory, so nothing is parsed on the way.
"""

import json
import os
import socket
import struct
import sys
import traceback

LENGTHS = struct.Struct("<IQ")
MOST = 1 << 33


def take_channel(path):
    """Takes standard input for the frames, so that no code of the model reads from it; or what is at a path."""
    if path:
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(path)
    else:
        channel = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # What is printed goes where errors go, and in order.
    os.dup2(2, 1)
    return channel


def receive(channel, size):
    body = bytearray(size)
    view, got = memoryview(body), 0
    while got < size:
        count = channel.recv_into(view[got:])
        if count == 0:
            # The server is gone, and with it any reason to live; no handler of the model is asked.
            os._exit(0)
        got += count
    return body


def send(channel, head, bodies=()):
    text = json.dumps(head).encode()
    size = sum(len(body) for body in bodies)
    channel.sendall(b"".join((LENGTHS.pack(len(text), size), text, *bodies)))


class Model:
    """What both kinds of model have: a function, and what the frames need to know of it."""

    def __init__(self):
        import numpy
        import pandas

        self.numpy, self.pandas = numpy, pandas
        self.indexes = {}
        self.takes_params = False

    def column(self, column, body):
        """One column as numpy has it."""
        kind, at, count = column["type"], column["at"], column["bytes"]
        if kind == "string":
            rows = column["rows"]
            ends = self.numpy.frombuffer(body, "<u8", rows, at)
            begin = at + 8 * rows
            text, last, values = memoryview(body)[begin : at + count], 0, []
            for end in ends.tolist():
                values.append(str(text[last:end], "utf-8"))
                last = end
            values = self.numpy.array(values, dtype=object)
        elif kind == "binary":
            rows = column["rows"]
            ends = self.numpy.frombuffer(body, "<u8", rows, at)
            text, last, values = memoryview(body)[at + 8 * rows : at + count], 0, []
            for end in ends.tolist():
                values.append(bytes(text[last:end]))
                last = end
            made = self.numpy.empty(rows, dtype=object)
            made[:] = values
            values = made
        else:
            dtype = self.numpy.dtype(kind)
            values = self.numpy.frombuffer(body, dtype, count // dtype.itemsize, at)
        missing = column.get("missing")
        if missing:
            values = self.numpy.array(values, dtype=object)
            values[missing] = None
        return values

    def table(self, head, body):
        """A table; columns of one type that lie together become one block, which costs a tenth."""
        columns, rows = head["columns"], head["rows"]
        names = tuple(column["name"] for column in columns)
        index = self.indexes.get(names)
        if index is None:
            index = self.pandas.RangeIndex(len(names)) if None in names else self.pandas.Index(names)
            if len(self.indexes) < 64:
                self.indexes[names] = index
        kinds = {column["type"] for column in columns}
        kind = next(iter(kinds)) if len(kinds) == 1 else "string"
        whole = kind not in ("string", "binary") and not any("missing" in column for column in columns)
        if whole and not kind.startswith("<M8"):
            block = self.numpy.frombuffer(body, kind, rows * len(columns), columns[0]["at"])
            return self.pandas.DataFrame(block.reshape(len(columns), rows).T, columns=index, copy=False)
        values = {place: self.column(column, body) for place, column in enumerate(columns)}
        frame = self.pandas.DataFrame(values, copy=False)
        frame.columns = index
        return frame

    def tensor(self, column, body):
        return self.column(column, body).reshape(column["shape"])

    def input(self, head, body):
        op = head["op"]
        if op == "table":
            return self.table(head, body)
        if op == "tensor":
            return self.tensor(head["columns"][0], body)
        return {column["name"]: self.tensor(column, body) for column in head["columns"]}

    def predict(self, head, body):
        data = self.input(head, body)
        if self.takes_params:
            return self.function(data, params=head.get("params"))
        return self.function(data)


def unmet(path):
    """What a model asks for and the interpreter has in another version, or not at all: a line each."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import InvalidRequirement, Requirement

    lines = []
    if os.path.exists(path):
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(65536).splitlines()
    found = []
    for line in lines:
        try:
            asked = Requirement(line)
            if asked.marker and not asked.marker.evaluate():
                continue
            has = version(asked.name)
            if not asked.specifier.contains(has, prereleases=True):
                found.append(f"The model asks for {asked.name}{asked.specifier}; the interpreter has {has}.")
        except PackageNotFoundError:
            found.append(f"The model asks for {asked.name}{asked.specifier}; the interpreter has none.")
        except InvalidRequirement:
            continue
    return found[:100]


class Packaged(Model):
    """A model with a `python_function` flavor, opened as the package opens it."""

    def __init__(self, path):
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ["_MLFLOW_IS_IN_SERVING_ENVIRONMENT"] = "true"
        import inspect

        import mlflow.pyfunc

        super().__init__()
        # To compare what is asked for with what there is, the package lists the files of all packages, for half a second.
        if hasattr(mlflow.pyfunc, "warn_dependency_requirement_mismatches"):
            mlflow.pyfunc.warn_dependency_requirement_mismatches = lambda requirements: None
        self.model = mlflow.pyfunc.load_model(path)
        self.unmet = unmet(os.path.join(path, "requirements.txt"))
        self.function = self.model._predict_fn
        params = inspect.signature(self.function).parameters.get("params")
        self.takes_params = bool(params and params.kind != inspect.Parameter.VAR_KEYWORD)
        metadata = self.model.metadata
        own = [getattr(metadata, name, None) for name in ("_is_signature_from_type_hint", "_is_type_hint_from_example")]
        #: Whether the package itself has to read what is asked.
        self.raw_only = any(ask is not None and ask() for ask in own)
        self.version = mlflow.__version__

    def raw(self, head, body):
        from mlflow.exceptions import MlflowException
        from mlflow.pyfunc import scoring_server

        try:
            schema = self.model.metadata.get_input_schema()
            said = scoring_server.invocations(bytes(body), head["type"], self.model, schema)
            return said.status, said.mimetype, said.response
        except MlflowException as error:
            return error.get_http_status_code(), "application/json", error.serialize_as_json()

    def json(self, value):
        from io import StringIO

        from mlflow.pyfunc.scoring_server import unwrapped_predictions_to_json

        text = StringIO()
        unwrapped_predictions_to_json(value, text)
        return text.getvalue()


class Bare(Model):
    """A pickled object with a `predict`."""

    raw_only = False

    def __init__(self, path):
        super().__init__()
        self.version, self.unmet = None, []
        try:
            import joblib

            model = joblib.load(path)
        except ImportError:
            import pickle

            with open(path, "rb") as file:
                model = pickle.load(file)
        self.function = model.predict if hasattr(model, "predict") else model
        names = getattr(model, "feature_names_in_", None)
        self.names = None if names is None else [str(name) for name in names]

    def input(self, head, body):
        data = super().input(head, body)
        # What was trained on plain arrays warns at every named column.
        return data.to_numpy() if head["op"] == "table" and self.names is None else data

    def json(self, value):
        def plain(value):
            return value.tolist() if hasattr(value, "tolist") else str(value)

        return json.dumps(value, default=plain)


def packed(model, name, values):
    """One column of an answer and its bytes; nothing where it is no plain column."""
    kind = values.dtype.kind
    if kind in "fiub" and values.dtype.itemsize <= 8:
        whole = model.numpy.ascontiguousarray(values)
        return {"name": name, "type": whole.dtype.newbyteorder("<").str}, whole.tobytes()
    if kind == "U" or (kind == "O" and all(type(value) is str for value in values.flat)):
        encoded = [str(value).encode() for value in values.flat]
        ends, last = [], 0
        for one in encoded:
            last += len(one)
            ends.append(last)
        body = model.numpy.array(ends, "<u8").tobytes() + b"".join(encoded)
        return {"name": name, "type": "string", "rows": len(encoded)}, body
    return None, None


def answer(model, value):
    """The head and the bodies that tell what a model said."""
    numpy, pandas = model.numpy, model.pandas
    form, columns = None, []
    if isinstance(value, pandas.Series):
        value = pandas.DataFrame(value)
    if isinstance(value, pandas.DataFrame):
        form, rows = "table", len(value)
        if all(type(name) is str for name in value.columns) and value.columns.is_unique:
            columns = [(name, numpy.asarray(value[name])) for name in value.columns]
    elif isinstance(value, numpy.ndarray) and value.ndim > 0:
        form, rows, columns = "array", len(value), [(None, value)]
    elif isinstance(value, dict) and value and all(isinstance(one, numpy.ndarray) and one.ndim > 0 for one in value.values()):
        form, rows, columns = "arrays", 0, list(value.items())
    heads, bodies, at = [], [], 0
    for name, values in columns:
        head, body = packed(model, name, values)
        if head is None:
            heads = []
            break
        head.update(at=at, bytes=len(body), shape=list(values.shape))
        at += len(body)
        heads.append(head)
        bodies.append(body)
    if heads:
        return {"form": form, "rows": rows, "columns": heads}, bodies
    return {"form": "json"}, [model.json(value).encode()]


def serve(channel, model):
    while True:
        head_size, body_size = LENGTHS.unpack(receive(channel, LENGTHS.size))
        if body_size > MOST:
            os._exit(70)
        head = json.loads(receive(channel, head_size))
        body = receive(channel, body_size)
        try:
            if head["op"] == "raw":
                status, kind, text = model.raw(head, body)
                said = {"form": "raw", "status": status, "type": kind}, [text.encode()]
            else:
                said = answer(model, model.predict(head, body))
        except Exception as error:  # whatever the model raises is an answer
            code = getattr(error, "error_code", None)
            told = {
                "form": "error",
                "code": code if isinstance(code, str) else None,
                "message": str(getattr(error, "message", error))[:65536],
                "trace": traceback.format_exc()[-65536:],
            }
            said = told, []
        send(channel, *said)


def main():
    channel = take_channel(sys.argv[3] if len(sys.argv) > 3 else None)
    kind, path = sys.argv[1], sys.argv[2]
    model = Packaged(path) if kind == "mlflow" else Bare(path)
    send(channel, {"form": "ready", "version": model.version, "raw_only": model.raw_only, "unmet": model.unmet})
    serve(channel, model)


if __name__ == "__main__":
    main()
