"""Models of XGBoost, LightGBM and CatBoost as MLflow saves them, and what `mlflow.pyfunc` answers for the same rows."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import catboost
import lightgbm
import mlflow
import pandas as pd
import xgboost
from mlflow.models import infer_signature
from mlflow.pyfunc.scoring_server import predictions_to_json
from io import StringIO
from sklearn.datasets import load_iris

folder = sys.argv[1]
x, y = load_iris(return_X_y=True, as_frame=True)
two = (y == 2).astype(int)
quiet = dict(verbose=False, allow_writing_files=False, thread_count=1, iterations=8)
rows = x[::10]
models = {
    "xgb_booster": (mlflow.xgboost, xgboost.train({"objective": "multi:softprob", "num_class": 3, "nthread": 1}, xgboost.DMatrix(x, y), 5)),
    "xgb_classifier": (mlflow.xgboost, xgboost.XGBClassifier(n_estimators=5, n_jobs=1).fit(x, y)),
    "xgb_regressor": (mlflow.xgboost, xgboost.XGBRegressor(n_estimators=5, n_jobs=1).fit(x, y)),
    "lgb_booster": (mlflow.lightgbm, lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(x, two), 5)),
    "cat_classifier": (mlflow.catboost, catboost.CatBoostClassifier(**quiet).fit(x, two)),
    "cat_many": (mlflow.catboost, catboost.CatBoostClassifier(loss_function="MultiClass", **quiet).fit(x, y)),
    "cat_regressor": (mlflow.catboost, catboost.CatBoostRegressor(**quiet).fit(x, y)),
}
expected = {}
for name, (flavor, model) in models.items():
    for signature in [None, infer_signature(x)]:
        own = name if signature else name + "_free"
        flavor.save_model(model, f"{folder}/{own}", signature=signature, pip_requirements=[])
        answer = mlflow.pyfunc.load_model(f"{folder}/{own}").predict(rows)
        text = StringIO()
        predictions_to_json(answer, text)
        expected[own] = json.loads(text.getvalue())["predictions"]
with open(f"{folder}/expected.json", "w") as file:
    json.dump(expected, file)
with open(f"{folder}/rows.json", "w") as file:
    json.dump({"dataframe_split": rows.to_dict(orient="split")}, file)
