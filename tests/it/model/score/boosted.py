"""Makes models of XGBoost, LightGBM and CatBoost in their own formats, and what the libraries answer.

usage: boosted.py FOLDER    writes NAME.json|ubj|txt|cbm beside NAME.case.json: inputs, outputs and how near they must be
"""

import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy as np
from sklearn import datasets

OUT = sys.argv[1]
CANCER, IRIS, DIABETES = datasets.load_breast_cancer(), datasets.load_iris(), datasets.load_diabetes()


def told(array):
    array = np.asarray(array)
    if array.dtype.kind in "OUS":
        return {"dtype": "str", "shape": array.shape, "data": [str(x) for x in array.ravel()]}
    # Floats as text: JSON has no NaN, and not every reader of JSON reads all digits.
    data = [repr(x) for x in array.ravel().astype(float).tolist()] if array.dtype.kind == "f" else array.ravel().tolist()
    return {"dtype": str(array.dtype), "shape": array.shape, "data": data}


def case(name, file, x, answer, near=0, manner="scores"):
    body = {"file": file, "inputs": [["", told(x)]], "outputs": [["prediction", told(answer)]], "near": near, "engine": "native", "manner": manner}
    with open(f"{OUT}/{name}.case.json", "w") as f:
        json.dump(body, f)


def xgboost_model(name, model, x, answer, manner="scores"):
    for kind in ["json", "ubj"]:
        file = f"xgb_{name}.{kind}"
        model.save_model(f"{OUT}/{file}")
        case(f"xgb_{name}_{kind}", file, x, answer, manner=manner)


def xgboost_models():
    import xgboost as xgb

    rng = np.random.default_rng(3)
    counts = rng.poisson(np.exp(DIABETES.data[:, 2] * 5 + 1)).astype(float)
    thirds = (DIABETES.target // 120).clip(0, 2)
    pair = np.column_stack([DIABETES.target, DIABETES.target * 2 + 1])
    jobs = [
        ("logistic", CANCER, CANCER.target, {"objective": "binary:logistic"}),
        ("logitraw", CANCER, CANCER.target, {"objective": "binary:logitraw"}),
        ("hinge", CANCER, CANCER.target, {"objective": "binary:hinge"}),
        ("softprob", IRIS, IRIS.target, {"objective": "multi:softprob", "num_class": 3}),
        ("softmax", IRIS, IRIS.target, {"objective": "multi:softmax", "num_class": 3}),
        ("squares", DIABETES, DIABETES.target, {"objective": "reg:squarederror"}),
        ("logarithms", DIABETES, DIABETES.target, {"objective": "reg:squaredlogerror"}),
        ("reglogistic", CANCER, CANCER.target, {"objective": "reg:logistic"}),
        ("poisson", DIABETES, counts, {"objective": "count:poisson"}),
        ("base", DIABETES, counts, {"objective": "count:poisson", "base_score": 0.7}),
        ("gamma", DIABETES, DIABETES.target, {"objective": "reg:gamma"}),
        ("tweedie", DIABETES, DIABETES.target, {"objective": "reg:tweedie"}),
        ("absolute", DIABETES, DIABETES.target, {"objective": "reg:absoluteerror"}),
        ("huber", DIABETES, DIABETES.target, {"objective": "reg:pseudohubererror"}),
        ("quantiles", DIABETES, DIABETES.target, {"objective": "reg:quantileerror", "quantile_alpha": np.array([0.1, 0.5, 0.9])}),
        ("cox", DIABETES, DIABETES.target, {"objective": "survival:cox"}),
        ("aft", DIABETES, None, {"objective": "survival:aft"}),
        ("rank", DIABETES, (counts > 2).astype(int), {"objective": "rank:ndcg"}),
        ("dart", CANCER, CANCER.target, {"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.3}),
        ("dartmany", DIABETES, thirds, {"objective": "multi:softprob", "num_class": 3, "booster": "dart", "rate_drop": 0.3}),
        ("forest", CANCER, CANCER.target, {"objective": "binary:logistic", "num_parallel_tree": 4, "subsample": 0.7}),
        ("linear", DIABETES, DIABETES.target, {"objective": "reg:squarederror", "booster": "gblinear"}),
        ("linearmany", DIABETES, thirds, {"objective": "multi:softprob", "num_class": 3, "booster": "gblinear"}),
        ("targets", DIABETES, pair, {"objective": "reg:squarederror"}),
        ("vector", DIABETES, pair, {"objective": "reg:squarederror", "multi_strategy": "multi_output_tree"}),
    ]
    for name, data, y, params in jobs:
        x = data.data.astype(np.float32).copy()
        if name in ("logistic", "squares"):
            x[rng.random(x.shape) < 0.1] = np.nan
        train = xgb.QuantileDMatrix(x, y) if name == "quantiles" else xgb.DMatrix(x, y)
        if name == "rank":
            train.set_group([len(x) // 2, len(x) - len(x) // 2])
        if name == "aft":
            train.set_float_info("label_lower_bound", data.target)
            train.set_float_info("label_upper_bound", data.target + 5)
        model = xgb.train({"max_depth": 4, "nthread": 1, "verbosity": 0, "seed": 1, **params}, train, 12)
        xgboost_model(name, model, x[::17], model.predict(xgb.DMatrix(x[::17])))

    # Categories, as sets and one against the rest; some that no tree has seen, missing ones, and what is no integer.
    kinds = dict(feature_types=["c", "c", "q"], enable_categorical=True)
    x = np.column_stack([rng.integers(0, 60, 400), rng.integers(0, 5, 400), rng.normal(size=400)]).astype(np.float32)
    y = ((x[:, 0] % 7 < 3) ^ (x[:, 1] > 2)).astype(float) + x[:, 2] * 0.1
    test = x[::7].copy()
    test[::3, 0], test[1::5, 1], test[2::5, 1] = np.nan, 77, 3.7
    for name, most in [("categories", 4), ("onehot", 100)]:
        model = xgb.train({"max_depth": 5, "max_cat_to_onehot": most, "nthread": 1}, xgb.DMatrix(x, y, **kinds), 12)
        xgboost_model(name, model, test, model.predict(xgb.DMatrix(test, **kinds)))

    plain = dict(max_depth=3, n_jobs=1)
    early = dict(n_estimators=40, early_stopping_rounds=2, learning_rate=0.8, **plain)
    for name, model, data, y in [
        ("classes", xgb.XGBClassifier(n_estimators=8, **plain), IRIS, IRIS.target),
        ("labels", xgb.XGBClassifier(n_estimators=8, **plain), DIABETES, (pair > 200).astype(int)),
        ("early", xgb.XGBClassifier(**early), CANCER, CANCER.target),
        ("earlyregression", xgb.XGBRegressor(**early), DIABETES, DIABETES.target),
    ]:
        x = data.data.astype(np.float32)
        if "early" in name:
            model.fit(x[:300], y[:300], eval_set=[(x[300:], y[300:])], verbose=False)
        else:
            model.fit(x, y)
        xgboost_model("estimator_" + name, model, x[::9], model.predict(x[::9]), manner="estimator")


def lightgbm_models():
    import lightgbm as lgb

    rng = np.random.default_rng(3)
    counts = rng.poisson(np.exp(DIABETES.data[:, 2] * 5 + 1)).astype(float)
    thirds = (DIABETES.target // 120).clip(0, 2)
    ranks = (counts > 2).astype(int)

    def custom(margins, data):
        return margins - data.get_label(), np.ones_like(margins)

    for name, data, y, params in [
        ("binary", CANCER, CANCER.target, {"objective": "binary", "sigmoid": 0.7}),
        ("missing", CANCER, CANCER.target, {"objective": "binary"}),
        ("zero", CANCER, CANCER.target, {"objective": "binary", "zero_as_missing": True}),
        ("zeromissing", DIABETES, DIABETES.target, {"objective": "regression", "zero_as_missing": True}),
        ("notmissing", DIABETES, DIABETES.target, {"objective": "regression", "use_missing": False}),
        ("many", IRIS, IRIS.target, {"objective": "multiclass", "num_class": 3}),
        ("ova", IRIS, IRIS.target, {"objective": "multiclassova", "num_class": 3}),
        ("regression", DIABETES, DIABETES.target, {"objective": "regression"}),
        ("sqrt", DIABETES, DIABETES.target, {"objective": "regression", "reg_sqrt": True}),
        ("l1", DIABETES, DIABETES.target, {"objective": "regression_l1"}),
        ("huber", DIABETES, DIABETES.target, {"objective": "huber"}),
        ("fair", DIABETES, DIABETES.target, {"objective": "fair"}),
        ("quantile", DIABETES, DIABETES.target, {"objective": "quantile"}),
        ("mape", DIABETES, DIABETES.target, {"objective": "mape"}),
        ("poisson", DIABETES, counts, {"objective": "poisson"}),
        ("gamma", DIABETES, DIABETES.target, {"objective": "gamma"}),
        ("tweedie", DIABETES, DIABETES.target, {"objective": "tweedie"}),
        ("entropy", CANCER, CANCER.target, {"objective": "cross_entropy"}),
        ("lambda", CANCER, CANCER.target, {"objective": "cross_entropy_lambda"}),
        ("rank", DIABETES, ranks, {"objective": "lambdarank"}),
        ("xendcg", DIABETES, ranks, {"objective": "rank_xendcg"}),
        ("custom", DIABETES, DIABETES.target, {"objective": custom}),
        ("stump", DIABETES, DIABETES.target, {"objective": "regression", "min_data_in_leaf": 10000}),
        ("forest", CANCER, CANCER.target, {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}),
        ("forestmany", DIABETES, thirds, {"objective": "multiclass", "num_class": 3, "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}),
        ("dart", CANCER, CANCER.target, {"objective": "binary", "boosting": "dart"}),
        ("categories", CANCER, CANCER.target, {"objective": "binary", "min_data_per_group": 5, "cat_smooth": 1}),
        ("lines", DIABETES, DIABETES.target, {"objective": "regression", "linear_tree": True}),
        ("linesmissing", DIABETES, DIABETES.target, {"objective": "regression", "linear_tree": True}),
        ("linesmany", DIABETES, thirds, {"objective": "multiclass", "num_class": 3, "linear_tree": True}),
    ]:
        x = data.data.astype(float).copy()
        if "missing" in name:
            x[rng.random(x.shape) < 0.1] = np.nan
        if name.startswith("zero") or name == "notmissing":
            x[rng.random(x.shape) < 0.1] = 0.0
        cats = "auto"
        if name == "categories":
            x[:, 0] = (x[:, 0] * 3).astype(int) % 11
            x[:, 1] = (x[:, 1] * 7).astype(int) % 40
            cats = [0, 1]
        group = [len(x) // 2, len(x) - len(x) // 2] if name in ("rank", "xendcg") else None
        train = lgb.Dataset(x, y, group=group, categorical_feature=cats)
        model = lgb.train({"verbose": -1, "num_threads": 1, "num_leaves": 9, **params}, train, 12)
        test = x[::17].copy()
        test[::4, 0], test[3::4, 2] = np.nan, 1e-36
        if name == "categories":
            test[1::4, 1], test[2::4, 1] = -3.0, 400.0
        model.save_model(f"{OUT}/lgb_{name}.txt")
        case(f"lgb_{name}", f"lgb_{name}.txt", test, model.predict(test))


def catboost_models():
    import catboost as cb

    rng = np.random.default_rng(3)
    plain = dict(iterations=15, depth=4, verbose=False, thread_count=1, random_seed=1, allow_writing_files=False)
    sides = np.array(["left", "right"])[CANCER.target]
    jobs = [
        ("two", cb.CatBoostClassifier(**plain), CANCER, CANCER.target),
        ("words", cb.CatBoostClassifier(**plain), CANCER, sides),
        ("floats", cb.CatBoostClassifier(**plain), CANCER, CANCER.target + 0.5),
        ("truths", cb.CatBoostClassifier(**plain), CANCER, CANCER.target == 1),
        ("many", cb.CatBoostClassifier(loss_function="MultiClass", **plain), IRIS, IRIS.target),
        ("names", cb.CatBoostClassifier(loss_function="MultiClass", **plain), IRIS, np.array(["a", "b", "c"])[IRIS.target]),
        ("ova", cb.CatBoostClassifier(loss_function="MultiClassOneVsAll", **plain), IRIS, IRIS.target * 3 + 1),
        ("regression", cb.CatBoostRegressor(**plain), DIABETES, DIABETES.target),
        ("absolute", cb.CatBoostRegressor(loss_function="MAE", **plain), DIABETES, DIABETES.target),
        ("quantile", cb.CatBoostRegressor(loss_function="Quantile:alpha=0.3", **plain), DIABETES, DIABETES.target),
        ("poisson", cb.CatBoostRegressor(loss_function="Poisson", **plain), DIABETES, DIABETES.target),
        ("tweedie", cb.CatBoostRegressor(loss_function="Tweedie:variance_power=1.5", **plain), DIABETES, DIABETES.target),
        ("targets", cb.CatBoostRegressor(loss_function="MultiRMSE", **plain), DIABETES, np.column_stack([DIABETES.target, -DIABETES.target])),
        ("missing", cb.CatBoostRegressor(**plain), DIABETES, DIABETES.target),
        ("missinghigh", cb.CatBoostRegressor(nan_mode="Max", **plain), DIABETES, DIABETES.target),
        ("lossguide", cb.CatBoostRegressor(grow_policy="Lossguide", max_leaves=9, **plain), DIABETES, DIABETES.target),
        ("depthwise", cb.CatBoostClassifier(loss_function="MultiClass", grow_policy="Depthwise", **plain), IRIS, IRIS.target),
    ]
    for name, model, data, y in jobs:
        x = data.data.astype(np.float32).copy()
        if name.startswith("missing"):
            x[rng.random(x.shape) < 0.1] = np.nan
        model.fit(x, y)
        test = x[::17].copy()
        test[::5, 0] = np.nan
        # What its loader makes of the file, not what trained: numbers in JSON are rounded on their way.
        for kind in ["cbm", "json"]:
            if kind == "json" and name in ("lossguide", "depthwise"):
                continue
            file = f"cat_{name}.{kind}"
            model.save_model(f"{OUT}/{file}", format=kind)
            read = type(model)().load_model(f"{OUT}/{file}", format=kind)
            try:
                case(f"cat_{name}_{kind}_margins", file, test, read.predict(test, prediction_type="RawFormulaVal"), 1e-15, "margins")
                case(f"cat_{name}_{kind}_estimator", file, test, read.predict(test), 1e-15, "estimator")
            except cb.CatBoostError as error:
                print("left out:", file, str(error)[:100])
                continue
            if isinstance(model, cb.CatBoostClassifier):
                case(f"cat_{name}_{kind}_scores", file, test, read.predict_proba(test), 1e-15)
    x = CANCER.data.astype(np.float32)
    frame = np.column_stack([x[:, :4].astype(object), rng.choice(["a", "b", "c", "d", "e", "f"], len(x))])
    for name, most in [("counters", 2), ("onehot", 10)]:
        model = cb.CatBoostClassifier(one_hot_max_size=most, **plain).fit(frame, CANCER.target, cat_features=[4])
        model.save_model(f"{OUT}/refused_{name}.cbm")
        model.save_model(f"{OUT}/refused_{name}.json", format="json", pool=cb.Pool(frame, CANCER.target, cat_features=[4]))


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    xgboost_models()
    lightgbm_models()
    catboost_models()
    open(f"{OUT}/done", "w").close()
