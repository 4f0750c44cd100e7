"""Makes models of every kind that `src/model/score` reads, and what their own libraries answer.

usage: score.py FOLDER    writes NAME.onnx|json|ubj|… beside NAME.case.json: inputs, outputs and how near they must be
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from sklearn import datasets

OUT = sys.argv[1]
OPTIONS = ort.SessionOptions()
OPTIONS.intra_op_num_threads = 1
OPTIONS.log_severity_level = 3


def told(array):
    array = np.asarray(array)
    if array.dtype.kind in "OUS":
        return {"dtype": "str", "shape": array.shape, "data": [str(x) for x in array.ravel()]}
    # Floats as text: JSON has no NaN, and not every reader of JSON reads all digits.
    data = [repr(x) for x in array.ravel().astype(float).tolist()] if array.dtype.kind == "f" else array.ravel().tolist()
    return {"dtype": str(array.dtype), "shape": array.shape, "data": data}


def case(name, file, inputs, outputs, near, ulps=None, engine="native"):
    outputs = [list(o) for o in outputs]
    for o in outputs:
        if isinstance(o[1], list) and o[1] and isinstance(o[1][0], dict):
            keys = list(o[1][0])
            rows = np.array([[row[k] for k in keys] for row in o[1]], dtype=np.float32)
            o[1] = {"keys": told(np.array(keys)), "rows": told(rows)}
        else:
            o[1] = told(o[1])
    body = {"file": file, "inputs": [[n, told(a)] for n, a in inputs], "outputs": outputs, "near": near, "engine": engine}
    with open(f"{OUT}/{name}.case.json", "w") as f:
        json.dump(body, f)


def run_onnx(name, model, feeds, near, engine="native", raw=None):
    data = model.SerializeToString() if raw is None else raw
    with open(f"{OUT}/{name}.onnx", "wb") as f:
        f.write(data)
    session = ort.InferenceSession(data, OPTIONS, providers=["CPUExecutionProvider"])
    got = session.run(None, feeds)
    names = [o.name for o in session.get_outputs()]
    case(name, f"{name}.onnx", list(feeds.items()), list(zip(names, got)), near, engine=engine)


def sklearn_models():
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType, Int64TensorType, DoubleTensorType
    from sklearn.compose import ColumnTransformer
    from sklearn import ensemble as e, linear_model as l, svm, tree, neighbors, naive_bayes, neural_network
    from sklearn import preprocessing as p, impute, pipeline, decomposition, discriminant_analysis, cluster, feature_selection, gaussian_process

    iris = datasets.load_iris()
    digits = datasets.load_digits()
    cancer = datasets.load_breast_cancer()
    diabetes = datasets.load_diabetes()
    wine = datasets.load_wine()
    make = pipeline.make_pipeline
    sets = {"iris": iris, "digits": digits, "cancer": cancer, "diabetes": diabetes, "wine": wine}
    # name, data, estimator, zipmap, how near onnxruntime (0: to the last bit)
    rows = [
        ("forest_many", "digits", e.RandomForestClassifier(100, max_depth=10, random_state=1), False, 0),
        ("forest_two", "cancer", e.RandomForestClassifier(20, random_state=2), False, 0),
        ("forest_zipmap", "iris", e.RandomForestClassifier(10, random_state=3), True, 0),
        ("forest_regression", "diabetes", e.RandomForestRegressor(30, random_state=4), None, 0),
        ("extra_trees", "wine", e.ExtraTreesClassifier(15, random_state=5), False, 0),
        ("tree", "iris", tree.DecisionTreeClassifier(random_state=6), False, 0),
        ("tree_regression", "diabetes", tree.DecisionTreeRegressor(max_depth=6, random_state=7), None, 0),
        ("boosting_two", "cancer", e.GradientBoostingClassifier(n_estimators=30, random_state=8), False, 2e-7),
        ("boosting_many", "iris", e.GradientBoostingClassifier(n_estimators=20, random_state=9), False, 2e-7),
        ("boosting_regression", "diabetes", e.GradientBoostingRegressor(n_estimators=30, random_state=10), None, 0),
        ("hist_boosting", "cancer", e.HistGradientBoostingClassifier(max_iter=30, random_state=11), False, 2e-7),
        ("hist_regression", "diabetes", e.HistGradientBoostingRegressor(max_iter=30, random_state=12), None, 0),
        ("logistic", "iris", make(p.StandardScaler(), l.LogisticRegression()), False, 1e-6),
        ("logistic_two", "cancer", make(p.StandardScaler(), l.LogisticRegression()), False, 1e-6),
        ("logistic_zipmap", "wine", make(p.MinMaxScaler(), l.LogisticRegression()), True, 1e-6),
        ("linear", "diabetes", l.LinearRegression(), None, 1e-6),
        ("ridge", "diabetes", make(p.PolynomialFeatures(2), l.Ridge()), None, 1e-5),
        ("lasso", "diabetes", make(p.RobustScaler(), l.Lasso(0.1)), None, 1e-6),
        ("sgd", "iris", make(p.StandardScaler(), l.SGDClassifier(random_state=1)), False, 1e-5),
        ("svc", "iris", svm.SVC(), False, 1e-5),
        ("svc_probability", "wine", make(p.StandardScaler(), svm.SVC(probability=True, random_state=1)), False, 1e-4),
        ("svc_two", "cancer", make(p.StandardScaler(), svm.SVC(kernel="poly")), False, 1e-4),
        ("linear_svc", "iris", svm.LinearSVC(), None, 1e-5),
        ("svr", "diabetes", make(p.StandardScaler(), svm.SVR(C=10)), None, 1e-5),
        ("neighbors", "iris", neighbors.KNeighborsClassifier(5), False, 1e-6),
        ("neighbors_regression", "diabetes", neighbors.KNeighborsRegressor(3), None, 1e-6),
        ("scanned", "iris", neighbors.KNeighborsClassifier(5), False, 1e-6),
        ("scanned_regression", "diabetes", neighbors.KNeighborsRegressor(3, weights="distance"), None, 1e-5),
        ("naive", "iris", naive_bayes.GaussianNB(), False, 1e-5),
        ("naive_counts", "digits", naive_bayes.MultinomialNB(), False, 1e-4),
        ("perceptron", "iris", make(p.StandardScaler(), neural_network.MLPClassifier((20, 10), max_iter=200, random_state=1)), False, 1e-6),
        ("discriminant", "wine", discriminant_analysis.LinearDiscriminantAnalysis(), False, 1e-5),
        ("components", "digits", make(decomposition.PCA(10), l.LogisticRegression(max_iter=200)), False, 1e-4),
        ("bagging", "iris", e.BaggingClassifier(n_estimators=5, random_state=1), False, 1e-6),
        ("ada", "iris", e.AdaBoostClassifier(n_estimators=10, random_state=1), False, 1e-5),
        ("voting", "iris", e.VotingClassifier([("a", l.LogisticRegression()), ("b", tree.DecisionTreeClassifier(random_state=1))], voting="soft", flatten_transform=False), False, 1e-6),
        ("stacking", "iris", e.StackingClassifier([("a", l.LogisticRegression()), ("b", tree.DecisionTreeClassifier(random_state=1))]), False, 1e-6),
        ("isolation", "iris", e.IsolationForest(n_estimators=10, random_state=1), None, 1e-6),
        ("means", "iris", cluster.KMeans(3, n_init=3, random_state=1), None, 1e-4),
        ("imputed", "wine", make(impute.SimpleImputer(), p.Normalizer(), feature_selection.SelectKBest(k=5), tree.DecisionTreeClassifier(random_state=2)), False, 0),
        ("binned", "iris", make(p.KBinsDiscretizer(4, encode="onehot-dense"), l.LogisticRegression()), False, 1e-6),
        ("quantiles", "iris", make(p.Binarizer(threshold=2.0), naive_bayes.BernoulliNB()), False, 1e-5),
        ("one_rest", "iris", __import__("sklearn.multiclass").multiclass.OneVsRestClassifier(l.LogisticRegression()), False, 1e-6),
        ("poisson", "diabetes", make(p.StandardScaler(), l.PoissonRegressor()), None, 1e-5),
    ]
    for name, data, estimator, zipmap, near in rows:
        try:
            x = sets[data].data.astype(np.float32)
            y = sets[data].target
            estimator.fit(x, y)
            options = {} if zipmap is None else {"zipmap": zipmap}
            if name.startswith("neighbors"):
                options["optim"] = "cdist"
            model = to_onnx(estimator, x[:1], options=options or None, target_opset={"": 18, "ai.onnx.ml": 3})
            test = x[::max(1, len(x) // 41)].copy()
            if name == "imputed":
                test[::3, 1] = np.nan
            run_onnx("skl_" + name, model, {model.graph.input[0].name: test}, near, "rten" if name == "means" else "native")
        except Exception as error:  # a converter that does not know a version is no failure of ours
            print("left out:", name, type(error).__name__, str(error)[:120])
    # Texts, cut into words and counted.
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

    said = ["Good film indeed", "a bad, BAD film", "good good fun", "awful bad thing really", "no word of it", "über-good!"]
    for name, vectorizer in [
        ("counted", CountVectorizer()), ("weighed", TfidfVectorizer(ngram_range=(1, 2))), ("stopped", TfidfVectorizer(stop_words="english")),
        ("letters", CountVectorizer(analyzer="char")),
    ]:
        texts = make(vectorizer, l.LogisticRegression()).fit(said[:4], [1, 0, 1, 0])
        try:
            model = to_onnx(texts, initial_types=[("text", StringTensorType([None, 1]))], options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
            # The locale that is meant where none is named is not on every machine.
            for node in model.graph.node:
                if node.op_type == "StringNormalizer":
                    node.attribute.append(helper.make_attribute("locale", "C.UTF-8"))
            run_onnx("skl_text_" + name, model, {"text": np.array(said, dtype=object).reshape(-1, 1)}, 1e-6)
        except Exception as error:
            print("left out:", name, type(error).__name__, str(error)[:120])
    # The same, cut at separators.
    for name, vectorizer, cuts in [
        ("cut", CountVectorizer(), [" ", "[,;.!]", "-"]), ("cut_weighed", TfidfVectorizer(), [" ", "[,;.!-]"]),
    ]:
        texts = make(vectorizer, l.LogisticRegression()).fit(said[:4], [1, 0, 1, 0])
        options = {type(vectorizer): {"separators": cuts}, l.LogisticRegression: {"zipmap": False}}
        model = to_onnx(texts, initial_types=[("text", StringTensorType([None, 1]))], options=options, target_opset={"": 18, "ai.onnx.ml": 3})
        for node in model.graph.node:
            if node.op_type == "StringNormalizer":
                node.attribute.append(helper.make_attribute("locale", "C.UTF-8"))
        assert any(a.name == "separators" for node in model.graph.node for a in node.attribute)
        run_onnx("skl_text_" + name, model, {"text": np.array(said, dtype=object).reshape(-1, 1)}, 1e-6)
    # Maps, from names to numbers: one at a time for onnxruntime, and here as rows of a table.
    from skl2onnx.common.data_types import DictionaryType
    from sklearn.feature_extraction import DictVectorizer

    rng = np.random.default_rng(7)
    maps = [{k: float(v) for k, v in zip("abcd", rng.normal(size=4).round(2)) if rng.random() < 0.7} | {"e": 1.0} for _ in range(30)]
    for name, estimator in [("tree", tree.DecisionTreeClassifier(random_state=1)), ("regression", l.LogisticRegression())]:
        whole = make(DictVectorizer(sparse=False), estimator).fit(maps, [i % 3 for i in range(30)])
        kinds = [("x", DictionaryType(StringTensorType([1]), FloatTensorType([1])))]
        model = to_onnx(whole, initial_types=kinds, options={"zipmap": False}, target_opset={"": 18, "ai.onnx.ml": 3})
        data = model.SerializeToString()
        with open(f"{OUT}/skl_maps_{name}.onnx", "wb") as f:
            f.write(data)
        session = ort.InferenceSession(data, OPTIONS, providers=["CPUExecutionProvider"])
        got = [session.run(None, {"x": {**one, "unknown": 5.0}}) for one in maps]
        outputs = [(o.name, np.concatenate(parts)) for o, parts in zip(session.get_outputs(), zip(*got))]
        columns = [(k, np.array([one.get(k, 0.0) for one in maps], dtype=np.float32)) for k in ["e", "unknown", "d", "a", "c", "b"]]
        case("skl_maps_" + name, f"skl_maps_{name}.onnx", columns, outputs, 1e-6)
    # Columns of several types, as tables bring them.
    n = 60
    rng = np.random.default_rng(5)
    import pandas as pd
    frame = pd.DataFrame({"age": rng.uniform(18, 80, n).astype(np.float32), "income": rng.uniform(1, 9, n).astype(np.float32), "city": rng.choice(["Bonn", "Ulm", "Jena"], n), "pets": rng.integers(0, 4, n)})
    y = (frame.age > 40).astype(int) + (frame.city == "Ulm")
    columns = ColumnTransformer([("n", make(impute.SimpleImputer(), p.StandardScaler()), ["age", "income"]), ("c", p.OneHotEncoder(handle_unknown="ignore"), ["city"]), ("p", p.OneHotEncoder(handle_unknown="ignore"), ["pets"])])
    whole = make(columns, l.LogisticRegression()).fit(frame, y.map({0: "no", 1: "some", 2: "yes"}))
    kinds = [("age", FloatTensorType([None, 1])), ("income", FloatTensorType([None, 1])), ("city", StringTensorType([None, 1])), ("pets", Int64TensorType([None, 1]))]
    model = to_onnx(whole, initial_types=kinds, options={"zipmap": True}, target_opset={"": 18, "ai.onnx.ml": 3})
    feeds = {"age": frame[["age"]].values, "income": frame[["income"]].values, "city": frame[["city"]].values.astype(object), "pets": frame[["pets"]].values}
    feeds["city"][3, 0] = "Oslo"
    run_onnx("skl_columns", model, feeds, 1e-6)


def networks():
    rng = np.random.default_rng(1)
    w = lambda name, *shape: numpy_helper.from_array((rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]) if len(shape) > 1 else 1)).astype(np.float32), name)
    n = helper.make_node
    nodes = [
        n("Conv", ["x", "c1", "b1"], ["h1"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        n("Relu", ["h1"], ["r1"]), n("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        n("Conv", ["p1", "c2", "b2"], ["h2"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        n("Relu", ["h2"], ["r2"]), n("MaxPool", ["r2"], ["p2"], kernel_shape=[2, 2], strides=[2, 2]),
        n("Flatten", ["p2"], ["f"], axis=1), n("Gemm", ["f", "d", "e"], ["y"], transB=1),
    ]
    weights = [w("c1", 32, 1, 3, 3), w("b1", 32), w("c2", 64, 32, 3, 3), w("b2", 64), w("d", 10, 64 * 49), w("e", 10)]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "cnn", [value("x", TensorProto.FLOAT, ["n", 1, 28, 28])], [value("y", TensorProto.FLOAT, ["n", 10])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    run_onnx("net_cnn", model, {"x": rng.standard_normal((3, 1, 28, 28)).astype(np.float32)}, 1e-5, "rten")

    # What may be left out is left out.
    bare = [n("Conv", ["x", "c1"], ["h1"]), n("MaxPool", ["h1"], ["p1"], kernel_shape=[2, 2]), n("AveragePool", ["p1"], ["a1"], kernel_shape=[3, 2]), n("Conv", ["a1", "c2"], ["y"])]
    graph = helper.make_graph(bare, "bare", [value("x", TensorProto.FLOAT, ["n", 1, 12, 12])], [value("y", TensorProto.FLOAT, ["n", 64, 7, 8])], [weights[0], weights[2]])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    run_onnx("net_bare", model, {"x": rng.standard_normal((2, 1, 12, 12)).astype(np.float32)}, 1e-5, "rten")

    # All in 16 bits, in and out: ours reckon with 32 in between, so they are nearer than 16 bits tell.
    half = lambda t: numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float16), t.name)
    graph = helper.make_graph(nodes, "half", [value("x", TensorProto.FLOAT16, ["n", 1, 28, 28])], [value("y", TensorProto.FLOAT16, ["n", 10])], [half(t) for t in weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    run_onnx("net_half", model, {"x": rng.standard_normal((3, 1, 28, 28)).astype(np.float16)}, 4e-3, "rten")

    d, heads = 32, 4
    nodes, weights = [n("Gather", ["emb", "ids"], ["h0"])], [w("emb", 100, d)]
    ints = lambda name, *v: weights.append(numpy_helper.from_array(np.array(v, dtype=np.int64), name))
    ints("split", 0, 0, heads, d // heads)
    ints("join", 0, 0, d)
    weights.append(numpy_helper.from_array(np.array(np.sqrt(d // heads), dtype=np.float32), "scale"))
    weights.append(numpy_helper.from_array(np.array(np.sqrt(2), dtype=np.float32), "root2"))
    weights.append(numpy_helper.from_array(np.array(1, dtype=np.float32), "one"))
    weights.append(numpy_helper.from_array(np.array(0.5, dtype=np.float32), "half"))
    h = "h0"
    for i in range(2):
        k = lambda s: f"{s}{i}"
        for part in "qkvo":
            weights.append(w(k("w" + part), d, d))
        weights.extend([w(k("up"), d, 4 * d), w(k("down"), 4 * d, d), w(k("g"), d), w(k("b"), d), w(k("g2"), d), w(k("bb"), d)])
        for part in "qkv":
            nodes += [n("MatMul", [h, k("w" + part)], [k(part)]), n("Reshape", [k(part), "split"], [k(part + "s")]), n("Transpose", [k(part + "s")], [k(part + "t")], perm=[0, 2, 3, 1] if part == "k" else [0, 2, 1, 3])]
        nodes += [
            n("MatMul", [k("qt"), k("kt")], [k("s")]), n("Div", [k("s"), "scale"], [k("sd")]), n("Softmax", [k("sd")], [k("a")], axis=-1),
            n("MatMul", [k("a"), k("vt")], [k("c")]), n("Transpose", [k("c")], [k("ct")], perm=[0, 2, 1, 3]), n("Reshape", [k("ct"), "join"], [k("cj")]),
            n("MatMul", [k("cj"), k("wo")], [k("o")]), n("Add", [k("o"), h], [k("r")]), n("LayerNormalization", [k("r"), k("g"), k("b")], [k("n")], axis=-1),
            n("MatMul", [k("n"), k("up")], [k("u")]), n("Div", [k("u"), "root2"], [k("ud")]), n("Erf", [k("ud")], [k("ue")]), n("Add", [k("ue"), "one"], [k("u1")]),
            n("Mul", [k("u"), k("u1")], [k("um")]), n("Mul", [k("um"), "half"], [k("ug")]), n("MatMul", [k("ug"), k("down")], [k("dn")]),
            n("Add", [k("dn"), k("n")], [k("r2")]), n("LayerNormalization", [k("r2"), k("g2"), k("bb")], [k("out")], axis=-1),
        ]
        h = k("out")
    nodes.append(n("ReduceMean", [h], ["y"], axes=[1], keepdims=0))
    graph = helper.make_graph(nodes, "transformer", [value("ids", TensorProto.INT64, ["n", "t"])], [value("y", TensorProto.FLOAT, ["n", d])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    run_onnx("net_transformer", model, {"ids": rng.integers(0, 100, (2, 7))}, 1e-4, "rten")


def plain():
    """Operators and rules that converters of today do not write."""
    rng = np.random.default_rng(2)
    value, n = helper.make_tensor_value_info, helper.make_node
    x = rng.standard_normal((9, 3)).astype(np.float32)
    x[2, 1] = np.nan
    x[4, 0] = 0.5

    def ml(name, node, out, feeds={"x": x}, near=0, version=3):
        inputs = [helper.make_tensor_value_info(k, helper.np_dtype_to_tensor_dtype(v.dtype) if v.dtype != object else TensorProto.STRING, ["n", *v.shape[1:]]) for k, v in feeds.items()]
        graph = helper.make_graph([node], name, inputs, out)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", version), helper.make_opsetid("com.microsoft", 1)], ir_version=9)
        run_onnx("op_" + name, model, feeds, near)

    halves = helper.make_graph(
        [n("Cast", ["x"], ["wide"], to=TensorProto.FLOAT), n("Scaler", ["wide"], ["s"], domain="ai.onnx.ml", offset=[0.5], scale=[2.0]), n("Cast", ["s"], ["y"], to=TensorProto.FLOAT16)],
        "halves", [value("x", TensorProto.FLOAT16, ["n", 3])], [value("y", TensorProto.FLOAT16, ["n", 3])])
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    run_onnx("op_halves", helper.make_model(halves, opset_imports=opsets, ir_version=9), {"x": x.astype(np.float16)}, 0)

    modes = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
    for aggregate in ["SUM", "AVERAGE", "MIN", "MAX"]:
        t = len(modes)
        attrs = dict(
            n_targets=2, aggregate_function=aggregate, base_values=[0.25, -0.5],
            nodes_treeids=[i for i in range(t) for _ in range(3)], nodes_nodeids=[0, 1, 2] * t, nodes_featureids=[0, 0, 0, 1, 0, 0, 2, 0, 0] * (t // 3),
            nodes_values=sum([[0.5, 0.0, 0.0] for _ in range(t)], []), nodes_modes=sum([[m, "LEAF", "LEAF"] for m in modes], []),
            nodes_truenodeids=[1, 0, 0] * t, nodes_falsenodeids=[2, 0, 0] * t, nodes_missing_value_tracks_true=[i % 2 for i in range(t) for _ in range(3)],
            target_treeids=[i for i in range(t) for _ in range(3)], target_nodeids=[1, 1, 2] * t, target_ids=[0, 1, 0] * t, target_weights=rng.standard_normal(3 * t).astype(np.float32).tolist(),
        )
        ml("trees_" + aggregate.lower(), n("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **attrs), [value("y", TensorProto.FLOAT, ["n", 2])])
    for name, border in [("nan", float("nan")), ("inf", float("inf")), ("ninf", float("-inf"))]:
        t = 2 * len(modes)
        attrs = dict(
            n_targets=t, nodes_treeids=[i for i in range(t) for _ in range(3)], nodes_nodeids=[0, 1, 2] * t, nodes_featureids=[1, 0, 0] * t,
            nodes_values=[border, 0.0, 0.0] * t, nodes_modes=sum([[m, "LEAF", "LEAF"] for m in modes + modes], []), nodes_truenodeids=[1, 0, 0] * t,
            nodes_falsenodeids=[2, 0, 0] * t, nodes_missing_value_tracks_true=[int(i < len(modes)) for i in range(t) for _ in range(3)],
            target_treeids=[i for i in range(t) for _ in range(2)], target_nodeids=[1, 2] * t, target_ids=[i for i in range(t) for _ in range(2)], target_weights=[1.0, 2.0] * t,
        )
        ml("trees_border_" + name, n("TreeEnsembleRegressor", ["x"], ["y"], domain="ai.onnx.ml", **attrs), [value("y", TensorProto.FLOAT, ["n", t])])
    for post in ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"]:
        for name, classes, weights in [("one", [0, 0], [0.3, 0.9]), ("mixed", [0, 0], [-0.4, 0.9]), ("both", [0, 1], [0.4, 0.6]), ("three", [0, 2], [0.4, 0.6])]:
            labels = [0, 1, 2] if name == "three" else [5, 7]
            if post == "PROBIT" and name in ("one", "mixed"):
                continue  # onnxruntime leaves the second score unset
            for base in [[], [0.25] * len(labels)]:
                if name == "both" and (base or post == "PROBIT"):
                    continue  # left to onnxruntime
                attrs = dict(nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.1, 0, 0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
                             nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=classes, class_weights=weights, classlabels_int64s=labels, post_transform=post)
                if base:
                    attrs["base_values"] = base
                ml(f"classes_{name}_{post.lower()}{'_base' if base else ''}", n("TreeEnsembleClassifier", ["x"], ["l", "s"], domain="ai.onnx.ml", **attrs), [value("l", TensorProto.INT64, ["n"]), value("s", TensorProto.FLOAT, ["n", len(labels)])], near=2e-6)
    five = n("TreeEnsemble", ["x"], ["y"], domain="ai.onnx.ml", n_targets=2, aggregate_function=1, post_transform=0, tree_roots=[0], nodes_modes=numpy_helper.from_array(np.array([0, 6, 6], dtype=np.uint8)),
             nodes_featureids=[0, 0, 0], nodes_splits=numpy_helper.from_array(np.array([3.14, 0.5, 4.2], dtype=np.float32)), nodes_truenodeids=[1, 0, 1], nodes_trueleafs=[0, 1, 1], nodes_falsenodeids=[2, 2, 3], nodes_falseleafs=[0, 1, 1],
             leaf_targetids=[0, 1, 0, 1], leaf_weights=numpy_helper.from_array(np.array([5.23, 12.12, -12.23, 7.21], dtype=np.float32)), membership_values=numpy_helper.from_array(np.array([0.5, 0.6, np.nan, 7.0, 8.0, np.nan], dtype=np.float32)))
    ml("trees_five", five, [value("y", TensorProto.FLOAT, ["n", 2])], version=5)
    words = np.array([["a", "b", "c", "a", "b"], ["b", "b", "x", "c", "a"]], dtype=object)
    grams = dict(ngram_counts=[0, 2], ngram_indexes=[1, 0, 2, 3], pool_strings=["a", "b", "a", "b", "b", "c"], weights=[0.5, 2.0, 3.0, 4.0])
    for mode in ["TF", "IDF", "TFIDF"]:
        for least, most, skip in [(1, 1, 0), (1, 2, 0), (2, 2, 0), (1, 2, 3), (2, 2, 1)]:
            node = n("TfIdfVectorizer", ["x"], ["y"], mode=mode, min_gram_length=least, max_gram_length=most, max_skip_count=skip, **grams)
            ml(f"grams_{mode.lower()}_{least}{most}{skip}", node, [value("y", TensorProto.FLOAT, ["n", 4])], {"x": words})
    ml("grams_ints", n("TfIdfVectorizer", ["x"], ["y"], mode="TF", min_gram_length=1, max_gram_length=1, max_skip_count=0, ngram_counts=[0], ngram_indexes=[0, 1], pool_int64s=[5, 7]), [value("y", TensorProto.FLOAT, ["n", 2])], {"x": np.array([[5, 5, 7], [1, 2, 3]])})
    corpus = ["a,b;c", "", " ", ",,", "a--b-c", "Grüße, Bär!", "x.y..z", "日本 語", "one  two\tthree\nfour", "(a)[b]{c}", "don't", "\u00a0e\u0301", "aXbXXc", "ab"]
    cuts = [[" "], [",", ";"], ["[.]"], ["\\s+"], ["--", "-"], ["-", "--"], ["X", " "], [" ", "[,;!]+", "\\(", "\\)", "\\[", "\\]", "'", '"'], ["[^a-z]"], ["ß"], ["ü", "[0-9]+"], [""], ["\\W"], ["\n"]]
    ways = [dict(separators=cut) for cut in cuts] + [dict(tokenexp=way) for way in ["[a-z]+", "\\w+", "\\w", ".", ".+", "[^ ]+", "[a-zA-Z0-9_'-]+", "[ü-ÿß]", "a[a-z]", "\\S+"]]
    for number, way in enumerate(ways):
        for least, mark, pad in [(1, 0, "#"), (1, 1, ""), (2, 0, ""), (3, 1, "pad")]:
            if least > 1 and (way.get("separators") == [""] or way.get("tokenexp") == "."):
                continue
            node = n("Tokenizer", ["x"], ["y"], domain="com.microsoft", mark=mark, pad_value=pad, mincharnum=least, **way)
            for rank, array in [(1, np.array(corpus, dtype=object)), (2, np.array(corpus, dtype=object).reshape(7, 2)), (0, np.array(["", ""], dtype=object))]:
                out = [value("y", TensorProto.STRING, None)]
                ml(f"tokens_{number}_{least}_{rank}", node, out, {"x": array})
    said = np.array(["Der Bär", "die KUH", "The", "x"], dtype=object)
    for action in ["LOWER", "UPPER", "NONE"]:
        for sensitive in [0, 1]:
            node = n("StringNormalizer", ["x"], ["y"], case_change_action=action, is_case_sensitive=sensitive, stopwords=["the", "X"], locale="C.UTF-8")
            ml(f"case_{action.lower()}_{sensitive}", node, [value("y", TensorProto.STRING, ["m"])], {"x": said})
    text = np.array([["a"], ["b"], ["x"]], dtype=object)
    ml("label_text", n("LabelEncoder", ["x"], ["y"], domain="ai.onnx.ml", keys_strings=["a", "b"], values_int64s=[3, 4], default_int64=-7), [value("y", TensorProto.INT64, ["n", 1])], {"x": text})
    ml("label_back", n("LabelEncoder", ["x"], ["y"], domain="ai.onnx.ml", keys_int64s=[3, 4], values_strings=["a", "b"]), [value("y", TensorProto.STRING, ["n", 1])], {"x": np.array([[3], [4], [5]])})
    ml("label_float", n("LabelEncoder", ["x"], ["y"], domain="ai.onnx.ml", keys_floats=[0.5, float("nan")], values_floats=[1.5, 2.5]), [value("y", TensorProto.FLOAT, ["n", 3])])
    ml("one_hot", n("OneHotEncoder", ["x"], ["y"], domain="ai.onnx.ml", cats_strings=["a", "b"], zeros=1), [value("y", TensorProto.FLOAT, ["n", 1, 2])], {"x": text})
    ml("mapper", n("CategoryMapper", ["x"], ["y"], domain="ai.onnx.ml", cats_strings=["a", "b"], cats_int64s=[8, 9]), [value("y", TensorProto.INT64, ["n", 1])], {"x": text})
    for norm in ["MAX", "L1", "L2"]:
        ml("norm_" + norm.lower(), n("Normalizer", ["x"], ["y"], domain="ai.onnx.ml", norm=norm), [value("y", TensorProto.FLOAT, ["n", 3])], {"x": x[5:]}, near=1e-6)
    for kernel in ["LINEAR", "POLY", "RBF", "SIGMOID"]:
        ml("svm_" + kernel.lower(), n("SVMRegressor", ["x"], ["y"], domain="ai.onnx.ml", kernel_type=kernel, kernel_params=[0.5, 0.1, 2.0], n_supports=2, support_vectors=[0.1, 0.2, 0.3, 1.0, -1.0, 0.5], coefficients=[0.7, -0.3], rho=[0.2]), [value("y", TensorProto.FLOAT, ["n", 1])], {"x": x[5:]}, near=1e-5)


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    for part in [plain, networks, sklearn_models]:
        part()
    open(f"{OUT}/done", "w").close()
