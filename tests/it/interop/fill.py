"""Fills a tracking store through the package: experiments, runs of every kind, artifacts, datasets, models, a registry."""

import json
import math
import os
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import LoggedModelInput, Metric, Param, RunTag


def artifacts(client, run):
    with tempfile.TemporaryDirectory() as folder:
        inner = os.path.join(folder, "plots", "deep")
        os.makedirs(inner)
        for name, content in [("plots/a.txt", b"alpha"), ("plots/deep/b.bin", bytes(range(256)) * 50), ("empty", b"")]:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        client.log_artifacts(run, folder)
    client.log_text(run, "hello\n", "notes/größe ünd.txt")
    client.log_dict(run, {"a": [1, 2]}, "conf.json")


def full(client, experiment):
    run = client.create_run(experiment, run_name="full", tags={"team": "core"}).info.run_id
    client.log_param(run, "lr", 0.1)
    client.log_param(run, "opt/name", "adam")
    client.log_batch(run, params=[Param(f"p{n}", str(n)) for n in range(20)], tags=[RunTag("a.b", "ü=1\nzwei")])
    client.log_batch(run, [Metric("loss", 1.0 / (n + 1), 1_700_000_000_000 + n, n) for n in range(500)])
    client.log_batch(run, [Metric("val/acc", n / 10, 1_700_000_000_000 + n, n) for n in range(5)])
    for step, value in enumerate([math.nan, 1.5, math.nan]):
        client.log_metric(run, "odd", value, timestamp=1_700_000_000_000, step=step)
    client.log_metric(run, "big", math.inf, timestamp=1_700_000_000_000, step=-3)
    client.log_metric(run, "same", 2.0, timestamp=1_700_000_000_000, step=0)
    client.log_metric(run, "same", 1.0, timestamp=1_700_000_000_000, step=0)
    artifacts(client, run)
    client.set_terminated(run, "FINISHED")
    return run


def fluent(experiment):
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.set_tag("mlflow.note.content", "a *note*")
        data = mlflow.data.from_numpy(__import__("numpy").arange(6.0), name="six")
        mlflow.log_input(data, context="train")
        mlflow.log_metric("m", 0.25)
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("m", 0.5)
    return parent.info.run_id, child.info.run_id


def models(client, experiment):
    from sklearn.linear_model import LogisticRegression

    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name="trained") as run:
        model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        mlflow.sklearn.log_model(model, name="model", registered_model_name="iris", params={"c": 1})
        mlflow.log_metric("acc", 0.9)
    made = run.info.run_id
    logged = client.get_run(made).outputs.model_outputs[0].model_id
    for step, value in enumerate([0.5, 0.75]):
        client.log_metric(made, "val", value, 1_700_000_000_000 + step, step, model_id=logged)
    client.log_metric(made, "test", 0.25, 1_700_000_000_000, 0, dataset_name="held-out", dataset_digest="abc", model_id=logged)
    client.set_logged_model_tags(logged, {"checked by": "ada"})
    with mlflow.start_run(run_name="evaluated"):
        client.log_inputs(mlflow.active_run().info.run_id, models=[LoggedModelInput(logged)])
        mlflow.log_metric("val", 0.125, step=1, model_id=logged)
    client.create_logged_model(experiment, "bare", params={"depth": "2"}, model_type="agent")
    client.delete_logged_model(client.create_logged_model(experiment, "gone").model_id)
    mlflow.genai.register_prompt("greet", "Hello {{name}}", commit_message="one")
    mlflow.genai.set_prompt_alias("greet", "best", 1)
    with tempfile.TemporaryDirectory() as folder:
        mlflow.sklearn.save_model(model, os.path.join(folder, "copy"))
        client.log_artifacts(made, folder)
    version = client.create_model_version("iris", f"runs:/{made}/copy", made).version
    client.set_registered_model_alias("iris", "first", "1")
    client.set_registered_model_alias("iris", "champion", version)
    client.set_registered_model_tag("iris", "owner", "ada")
    client.set_model_version_tag("iris", "1", "checked", "yes")
    client.update_model_version("iris", "1", description="the first")
    gone = client.create_model_version("iris", f"runs:/{run.info.run_id}/plots", run.info.run_id).version
    client.delete_model_version("iris", gone)
    client.transition_model_version_stage("iris", "1", "Production")
    client.create_registered_model("empty", description="no versions")
    return run.info.run_id


def main(uri):
    mlflow.set_tracking_uri(uri)
    client = MlflowClient()
    one = client.create_experiment("one", tags={"kind": "test"})
    two = client.create_experiment("zwei: größer", tags={"mlflow.note.content": "of an experiment"})
    gone = client.create_experiment("gone")
    done = full(client, one)
    parent, child = fluent(two)
    trained = models(client, two)
    default = client.create_run("0", run_name="in default").info.run_id
    client.set_terminated(default, "FAILED")
    running = client.create_run(one, run_name="running").info.run_id
    client.log_metric(running, "m", 1.0)
    deleted = client.create_run(one, run_name="deleted").info.run_id
    client.set_terminated(deleted, "KILLED")
    client.delete_run(deleted)
    client.set_terminated(client.create_run(gone, run_name="of gone").info.run_id)
    client.delete_experiment(gone)
    made = {"full": done, "parent": parent, "child": child, "trained": trained, "running": running, "deleted": deleted}
    made.update({"one": one, "two": two, "gone": gone, "runs": 9, "living": 7, "models": 2, "versions": 3})
    print(json.dumps(made))


if __name__ == "__main__":
    main(sys.argv[1])
