"""Models for `mls serve`, and the same requests to it and to the package's own scoring code."""

import json
import sys
import urllib.error
import urllib.request
import warnings

warnings.filterwarnings("ignore")

import mlflow
import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.pyfunc import scoring_server

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        import os
        import time

        if len(model_input) == 13:
            raise ValueError("unlucky")
        if len(model_input) == 17:
            os._exit(3)
        if len(model_input) == 19:
            time.sleep(600)
        if len(model_input) == 29:
            return bytearray(64 << 30)
        if len(model_input) == 23:
            print("flood\n" * 1_000_000, flush=True)
        first = model_input.iloc[:, 0]
        return pd.DataFrame({"first": first, "text": first.astype(str), "small": [1e-5] * len(first)})


def make(folder):
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    x, y = load_iris(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=500).fit(x, y)
    signature = infer_signature(x, model.predict(x), params={"t": 0.5, "n": [1, 2]})
    mlflow.sklearn.save_model(model, f"{folder}/iris", signature=signature)
    plain = LogisticRegression(max_iter=500).fit(x.values, y)
    mlflow.sklearn.save_model(plain, f"{folder}/tensor", signature=infer_signature(x.values, y.values))
    mixed = pd.DataFrame({"a": [1, 2], "b": [1.5, 2.5], "c": ["x", "y"], "d": [True, False]})
    mlflow.pyfunc.save_model(f"{folder}/mixed", python_model=Echo(), signature=infer_signature(mixed))
    mlflow.pyfunc.save_model(f"{folder}/free", python_model=Echo())
    x.to_csv(f"{folder}/iris.csv", index=False)
    x.to_parquet(f"{folder}/iris.parquet", compression="zstd")
    x.to_json(f"{folder}/iris.jsonl", orient="records", lines=True)
    with open(f"{folder}/labels.json", "w") as file:
        json.dump(model.predict(x).tolist(), file)


def requests():
    names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    one = [5.1, 3.5, 1.4, 0.2]

    def split(columns, *rows, **more):
        return json.dumps({"dataframe_split": {"columns": columns, "data": list(rows)}, **more})

    def dump(**value):
        return json.dumps(value)

    named = dict(zip(names, one))
    iris = [
        split(names, one), split(names, one, [6, 3, 5, 2]), split(names[::-1], one[::-1]), split(names + ["x"], one + [9]),
        dump(dataframe_records=[named]), dump(inputs=named), dump(inputs={k: [v] for k, v in named.items()}),
        dump(instances=[named]), dump(dataframe_records=[named, dict(reversed(named.items()))]),
        split(names, [1, 2, 3, "4"]), split(names, [1, 2, 3, True]), split(names, one, params={"t": 1}),
        split(names, one, params={"n": [3]}), split(names, one, params={"zz": 1}), split(names, one, params=None),
        "{", "", "[]", "3", "null", '"x"', "{}", '{"a":1}', dump(instances=[[1]], inputs=[[1]]),
        split(names[:3], one[:3]), split(names[:3] + ["x"], one), split(names, ["a", 1, 2, 3]), split(names, [None, 1, 2, 3]),
        split(names, [float("nan"), 1, 2, 3]),
        dump(dataframe_split=[]), dump(dataframe_split={"columns": ["a"]}), dump(dataframe_split={"data": [[1]], "x": 1}),
        dump(dataframe_records={}), dump(dataframe_records=[1, 2]), split(names, one[:3]),
        dump(inputs=[one]), dump(instances=[one]),
        split(names, one, params={"t": "x"}), split(names, one, params={"n": [1.5]}), split(names, one, params=[]),
        split(names, one, params={"n": 3}),
    ]  # fmt: skip
    yield from (("iris", JSON, body.encode()) for body in iris)
    yield "iris", JSON, b"\xff"
    yield "iris", CSV, (",".join(names) + "\n5.1,3.5,1.4,0.2\n6,3,5,2\n").encode()
    yield "iris", CSV, b""
    yield "iris", CSV, b"a,b\n1\n2,3,4\n"
    yield "iris", CSV, (",".join(names) + "\n5.1,x,1.4,0.2\n").encode()
    yield "iris", PARQUET, b"nope"
    yield "iris", "text/plain", b"x"
    yield "iris", "application/json; charset=latin1", b"{}"
    yield "iris", "application/json; a=b", b"{}"
    yield "iris", "application/json; charset=utf-8", split(names, one).encode()
    for inputs in ([one], [one, one], [one[:3]], [[one]], [["a", 1, 2, 3]], [one, one[:2]], one, {"x": [one]}):
        yield "tensor", JSON, dump(inputs=inputs).encode()
        yield "tensor", JSON, dump(instances=inputs).encode()
    yield "tensor", JSON, split(names, one).encode()
    row, columns = [1, 1.5, "x", True], list("abcd")
    for values in (row, [1.7, 1, "ü\n\"", 0], [None, 1.5, "x", True], ["1", "2", "3", True], ["x", 1, "x", True], [1, 1.5, None, False]):
        yield "mixed", JSON, split(columns, values).encode()
    yield "mixed", JSON, split(columns, *[row] * 13).encode()
    yield "mixed", CSV, b"a,b,c,d\n1,2,x,True\n"
    yield "free", JSON, split(columns, row).encode()
    yield "free", JSON, dump(dataframe_records=[{"a": 1, "b": [1, 2]}]).encode()


def theirs(model, kind, body):
    try:
        said = scoring_server.invocations(body, kind, model, model.metadata.get_input_schema())
        return said.status, said.response
    except MlflowException as error:
        return error.get_http_status_code(), error.serialize_as_json()


def ours(url, name, kind, body):
    request = urllib.request.Request(f"{url}/models/{name}/invocations", body, {"content-type": kind})
    try:
        with urllib.request.urlopen(request) as said:
            assert said.headers["mls-model"] == f"{name}@v1" and len(said.headers["mls-object"]) == 64
            return said.status, said.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def same(their, our):
    """Whether two answers are one: predictions to the byte, refusals in all but the words of Python."""
    if their[0] != our[0]:
        return False
    if their[0] == 200 or not their[1].startswith("{"):
        return their[1] == our[1] or "{'" in their[1] or "Types: [" in their[1]
    left, right = json.loads(their[1]), json.loads(our[1])
    return all(left.get(key) == right.get(key) for key in ("error_code", "sqlstate", "error_class")) and (
        ("stack_trace" in left) <= ("stack_trace" in right or left["message"].startswith("Failed to parse"))
    )


def compare(folder, url):
    models = {name: mlflow.pyfunc.load_model(f"{folder}/{name}") for name in ("iris", "tensor", "mixed", "free")}
    count, differ = 0, 0
    for name, kind, body in requests():
        count += 1
        their, our = theirs(models[name], kind, body), ours(url, name, kind, body)
        if not same(their, our):
            differ += 1
            print(f"differs: {name} {kind} {body[:200]}\n  mlflow {their[0]} {their[1][:300]}\n  mls    {our[0]} {our[1][:300]}")
    print(f"{count} requests, {differ} answers differ")


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else compare(sys.argv[2], sys.argv[3])
