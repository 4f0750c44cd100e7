"""The package's client with tokens that are limited to names: it works within them, and is told plainly beyond."""

import os
import sys

import mlflow
import numpy
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LogisticRegression

X, Y = numpy.array([[0.0, 1.0], [1.0, 0.0], [0.2, 0.9], [0.9, 0.1]]), numpy.array([0, 1, 0, 1])


def as_token(secret):
    os.environ["MLFLOW_TRACKING_TOKEN"] = secret


def refused(code, call, *args, **named):
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, code, error)
        return
    raise AssertionError(f"{call} was not refused")


def train(experiment, name):
    mlflow.set_experiment(experiment)
    with mlflow.start_run() as run:
        mlflow.log_params({"depth": 3})
        mlflow.log_metrics({"acc": 0.9})
        mlflow.log_text("words", "notes/a.txt")
        info = mlflow.sklearn.log_model(LogisticRegression().fit(X, Y), name="model", registered_model_name=name)
        mlflow.log_metric("loss", 0.1, model_id=info.model_id)
    return run.info.run_id, info.model_id


def main(url, admin, limited, serving):
    mlflow.set_tracking_uri(url)
    client = MlflowClient()
    as_token(admin)
    secret_run, secret_model = train("fraud", "fraud")

    as_token(limited)
    run, model = train("churn", "churn")
    second = mlflow.register_model(f"models:/{model}", "churn")
    client.set_registered_model_alias("churn", "best", second.version)
    assert [e.name for e in client.search_experiments()] == ["churn"], client.search_experiments()
    assert [m.name for m in client.search_registered_models()] == ["churn"]
    assert len(mlflow.search_runs(search_all_experiments=True)) == 1
    assert client.get_experiment_by_name("fraud") is None
    assert [f.path for f in client.list_artifacts(run)] == ["notes"], client.list_artifacts(run)
    assert list(mlflow.sklearn.load_model("models:/churn@best").predict(X)) == list(Y)
    assert list(mlflow.sklearn.load_model(f"runs:/{run}/model").predict(X)) == list(Y)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, secret_run)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "fraud")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, secret_model)
    refused("RESOURCE_DOES_NOT_EXIST", client.log_metric, secret_run, "a", 1.0)
    refused("RESOURCE_DOES_NOT_EXIST", mlflow.register_model, f"models:/{secret_model}", "churn")
    refused("PERMISSION_DENIED", mlflow.set_experiment, "fraud")
    refused("PERMISSION_DENIED", client.create_registered_model, "fraud-2")
    refused("PERMISSION_DENIED", client.rename_registered_model, "churn", "fraud-2")
    # The client looks for it first.
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, "fraud")

    # Who may read a model and nothing else loads it by its name.
    as_token(serving)
    for uri in ["models:/churn/1", "models:/churn@best"]:
        assert list(mlflow.pyfunc.load_model(uri).predict(X)) == list(Y), uri
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, run)
    refused("PERMISSION_DENIED", client.delete_registered_model, "churn")
    assert client.search_experiments() == []


main(*sys.argv[1:])
