"""The models of the bench, and how long onnxruntime takes for each: `models.py make FOLDER`, `models.py time MODEL…`."""

import json
import os
import sys
import time

import numpy as np

#: Each network and forest with what it is asked.
ASKED = {"forest": ("X", (32, 20)), "cnn": ("x", (1, 1, 28, 28)), "minilm": ("input_ids", (1, 128))}


def make(folder):
    import mlflow
    import onnx
    from mlflow.models import infer_signature
    from skl2onnx import to_onnx
    from sklearn.datasets import load_iris, make_classification
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    x, y = load_iris(return_X_y=True)
    x = x.astype(np.float32)
    logistic = LogisticRegression(max_iter=500).fit(x, y)
    signature = infer_signature(x, logistic.predict(x))
    mlflow.sklearn.save_model(logistic, f"{folder}/mlflow", signature=signature)
    converted = to_onnx(logistic, x[:1], options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
    onnx.save(converted, f"{folder}/logistic.onnx")
    mlflow.pyfunc.save_model(f"{folder}/python", python_model=first(), signature=signature)
    settings = {"name": "logistic", "implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"uri": "./model.joblib"}}
    os.makedirs(f"{folder}/mlserver", exist_ok=True)
    import joblib

    joblib.dump(logistic, f"{folder}/mlserver/model.joblib")
    with open(f"{folder}/mlserver/model-settings.json", "w") as file:
        json.dump(settings, file)

    wide, kind = make_classification(5000, 20, n_informative=12, n_classes=3, random_state=1)
    wide = wide.astype(np.float32)
    for name, trees, depth in [("forest", 100, None), ("megabyte", 20, 10)]:
        forest = RandomForestClassifier(trees, max_depth=depth, random_state=1, n_jobs=-1).fit(wide, kind)
        converted = to_onnx(forest, wide[:1], options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
        onnx.save(converted, f"{folder}/{name}.onnx")
    # A processor learns by heart what it is asked again and again; a server is asked other rows each time.
    wide[:4096].tofile(f"{folder}/forest.rows")
    onnx.save(cnn(), f"{folder}/cnn.onnx")
    if os.environ.get("MLS_BENCH_MINILM"):
        onnx.save(onnx.load(os.environ["MLS_BENCH_MINILM"]), f"{folder}/minilm.onnx")
    else:
        onnx.save(transformer(), f"{folder}/minilm.onnx")


def first():
    import mlflow

    class First(mlflow.pyfunc.PythonModel):
        """Takes no time of its own."""

        def predict(self, context, model_input, params=None):
            return model_input[:, 0]

    return First()


class Graph:
    """A network with weights by chance."""

    def __init__(self):
        self.rng, self.nodes, self.weights = np.random.default_rng(1), [], []

    def weight(self, *shape):
        spread = np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else 1)
        return self.constant((self.rng.standard_normal(shape) / spread).astype(np.float32))

    def constant(self, value):
        from onnx import numpy_helper

        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind, *inputs, **attributes):
        from onnx import helper

        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def model(self, name, inputs, output):
        from onnx import TensorProto, helper

        value = helper.make_tensor_value_info
        inputs = [value(one, kind, shape) for one, kind, shape in inputs]
        graph = helper.make_graph(self.nodes, name, inputs, [value(output, TensorProto.FLOAT, None)], self.weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def cnn():
    """Two convolutions and two dense layers, as in every first lesson on MNIST: 1.2 million weights."""
    from onnx import TensorProto

    g = Graph()
    h = g.node("Relu", g.node("Conv", "x", g.weight(32, 1, 3, 3), g.weight(32), kernel_shape=[3, 3]))
    h = g.node("Relu", g.node("Conv", h, g.weight(64, 32, 3, 3), g.weight(64), kernel_shape=[3, 3]))
    h = g.node("Flatten", g.node("MaxPool", h, kernel_shape=[2, 2], strides=[2, 2]), axis=1)
    h = g.node("Relu", g.node("Gemm", h, g.weight(128, 9216), g.weight(128), transB=1))
    h = g.node("Gemm", h, g.weight(10, 128), g.weight(10), transB=1)
    return g.model("cnn", [("x", TensorProto.FLOAT, ["n", 1, 28, 28])], h)


def transformer(width=384, heads=12, layers=6, words=30522, longest=512):
    """A network of the shape of all-MiniLM-L6-v2, means of its words as the answer."""
    from onnx import TensorProto

    g = Graph()
    each = width // heads
    split = g.constant(np.array([0, 0, heads, each]))
    join = g.constant(np.array([0, 0, width]))
    root, half, one, two = (g.constant(np.float32(value)) for value in (np.sqrt(each), 0.5, 1, np.sqrt(2)))
    norm = lambda h: g.node("LayerNormalization", h, g.weight(width), g.weight(width), axis=-1)
    dense = lambda h, a, b: g.node("Add", g.node("MatMul", h, g.weight(a, b)), g.weight(b))
    length = g.node("Shape", "input_ids", start=1, end=2)
    places = g.node("Slice", g.weight(longest, width), g.constant(np.array([0])), length, g.constant(np.array([0])))
    h = norm(g.node("Add", g.node("Gather", g.weight(words, width), "input_ids"), places))
    turned = lambda h, order: g.node("Transpose", g.node("Reshape", dense(h, width, width), split), perm=order)
    for _ in range(layers):
        q, k, v = turned(h, [0, 2, 1, 3]), turned(h, [0, 2, 3, 1]), turned(h, [0, 2, 1, 3])
        a = g.node("Softmax", g.node("Div", g.node("MatMul", q, k), root), axis=-1)
        c = g.node("Reshape", g.node("Transpose", g.node("MatMul", a, v), perm=[0, 2, 1, 3]), join)
        h = norm(g.node("Add", dense(c, width, width), h))
        u = dense(h, width, 4 * width)
        gelu = g.node("Mul", g.node("Mul", u, g.node("Add", g.node("Erf", g.node("Div", u, two)), one)), half)
        h = norm(g.node("Add", dense(gelu, 4 * width, width), h))
    h = g.node("ReduceMean", h, axes=[1], keepdims=0)
    return g.model("minilm", [("input_ids", TensorProto.INT64, ["n", "t"])], h)


def given(session, folder, name):
    """What a model is asked, one request after the other: as its inputs want it."""
    _, shape = ASKED[name]
    values = {}
    if os.path.exists(f"{folder}/{name}.rows"):
        rows = np.fromfile(f"{folder}/{name}.rows", dtype=np.float32).reshape(-1, *shape)
        return [{session.get_inputs()[0].name: one} for one in rows]
    for port in session.get_inputs():
        if "int64" in port.type:
            # Masks and kinds of a real MiniLM beside the words.
            values[port.name] = np.arange(np.prod(shape)).reshape(shape) % 1000 if port.name == "input_ids" else np.ones(shape, np.int64)
        else:
            values[port.name] = np.sin(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)
    return [values]


def timed(folder, names):
    """Prints the seconds of each call for each model."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    for name in names:
        session = onnxruntime.InferenceSession(f"{folder}/{name}.onnx", options, providers=["CPUExecutionProvider"])
        asked = given(session, folder, name)
        took, until = [], time.perf_counter() + 2
        while time.perf_counter() < until or len(took) < 20:
            values = asked[len(took) % len(asked)]
            start = time.perf_counter()
            session.run(None, values)
            took.append(time.perf_counter() - start)
        took.sort()
        print(name, took[len(took) // 4], flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    else:
        timed(sys.argv[2], sys.argv[3:])
