"""Makes models with the real libraries (`make DIR`), and opens with MLflow what was exported of them (`open DIR`)."""

import os
import pickle
import sys
import warnings

import numpy as np
from sklearn.datasets import load_iris

warnings.filterwarnings("ignore")
X, y = load_iris(return_X_y=True)
NAMES = ["sl", "sw", "pl", "pw"]


def make(out):
    import catboost
    import gguf
    import joblib
    import lightgbm
    import onnx
    import skops.io
    import xgboost
    from onnx import TensorProto, helper, numpy_helper
    from safetensors.numpy import save_file
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    def at(name):
        return os.path.join(out, name)

    line = LogisticRegression(max_iter=500).fit(X, y)
    forest = RandomForestClassifier(3, random_state=0).fit(X, y)
    expected = {"forest": forest.predict(X), "line": line.predict(X)}
    for protocol in range(6):
        with open(at(f"pickle{protocol}"), "wb") as to:
            pickle.dump(line, to, protocol=protocol)
    joblib.dump(forest, at("joblib"))
    for how in ("zlib", "gzip", "bz2", "xz", "lzma"):
        joblib.dump(forest, at(f"joblib_{how}"), compress=(how, 3))
    skops.io.dump(line, at("skops"))
    data = xgboost.DMatrix(X, label=y, feature_names=NAMES)
    boost = xgboost.train({"objective": "multi:softprob", "num_class": 3}, data, 3)
    expected["xgboost"] = boost.predict(data)
    for end in ("json", "ubj"):
        boost.save_model(at(f"x.{end}"))
        os.rename(at(f"x.{end}"), at(f"xgboost_{end}"))
    params = {"objective": "multiclass", "num_class": 3, "verbose": -1}
    light = lightgbm.train(params, lightgbm.Dataset(X, label=y, feature_name=NAMES), 3)
    expected["lightgbm"] = light.predict(X)
    light.save_model(at("lightgbm"))
    cat = catboost.CatBoostClassifier(iterations=3, verbose=0, allow_writing_files=False).fit(X, y)
    expected["catboost"] = cat.predict(X).ravel()
    cat.save_model(at("catboost_cbm"))
    cat.save_model(at("catboost_json"), format="json")
    save_file({"a": np.arange(6, dtype="float32").reshape(2, 3), "b": np.ones(4, "int64")}, at("safetensors"))
    writer = gguf.GGUFWriter(at("gguf"), "llama")
    writer.add_name("tiny")
    writer.add_array("x.list", ["a", "b"])
    writer.add_tensor("tok", np.ones((4, 8), "float32"))
    writer.add_tensor("half", np.ones(8, "float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    plain = to_onnx(line, X[:1].astype("float32"), options={"zipmap": False})
    with open(at("onnx"), "wb") as to:
        to.write(plain.SerializeToString())
    weight = numpy_helper.from_array(np.random.RandomState(0).rand(4, 3).astype("float32"), "W")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "W"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])],
        [weight],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    expected["onnx_beside"] = X.astype("float32") @ numpy_helper.to_array(weight)
    onnx.save_model(model, at("onnx_beside"), save_as_external_data=True, location="weights.bin", size_threshold=0)
    os.makedirs(at("expected"))
    np.savez(at("expected/all"), **expected)


def open_all(out):
    import logging

    import mlflow
    import pandas as pd

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    expected = np.load(os.path.join(out, "../made/expected/all.npz"))
    table = pd.DataFrame(X, columns=NAMES)
    for name in sorted(os.listdir(out)):
        model = mlflow.pyfunc.load_model(os.path.join(out, name))
        wants = name.split("_")[0]
        if wants == "onnx":
            found = model.predict(X.astype("float32"))
            key = "onnx_beside" if name == "onnx_beside" else "line"
            found = found["y"] if name == "onnx_beside" else found["label"]
        else:
            found = model.predict(table if wants in ("xgboost", "lightgbm") else X)
            key = {"joblib": "forest", "skops": "line"}.get(wants, "line" if wants.startswith("pickle") else wants)
        np.testing.assert_allclose(np.asarray(found).squeeze(), expected[key], rtol=1e-6, err_msg=name)
        print("opened", name)


if __name__ == "__main__":
    {"make": make, "open": open_all}[sys.argv[1]](sys.argv[2])
