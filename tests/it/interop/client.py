"""The package's client against a hub: all that a training script uses, in one process. Prints a line for each part."""

import json
import math
import os
import sys
import tempfile
import time

import mlflow
import numpy
import pandas
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

FULL = os.environ.get("PROOF") == "full"
client = None


def refused(code, call, *args, **named):
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, code, error)
        return str(error)
    raise AssertionError(f"{call} was not refused")


def experiments():
    one = client.create_experiment("exp/one", tags={"a": "1"})
    assert client.get_experiment(one).tags == {"a": "1"}
    assert client.get_experiment_by_name("nope") is None
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, "exp/one")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "77777")
    client.set_experiment_tag(one, "b", "zwei")
    client.rename_experiment(one, "exp: zwei")
    found = client.get_experiment_by_name("exp: zwei")
    assert (found.experiment_id, found.tags) == (one, {"a": "1", "b": "zwei"})
    assert found.artifact_location == f"mlflow-artifacts:/{one}", found
    client.delete_experiment(one)
    assert client.get_experiment(one).lifecycle_stage == "deleted"
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, "exp: zwei")
    assert one not in [e.experiment_id for e in client.search_experiments()]
    client.restore_experiment(one)
    names = [e.name for e in client.search_experiments(filter_string="name LIKE 'exp%'")]
    assert names == ["exp: zwei"], names
    assert client.get_experiment("0").name == "Default"


def runs():
    mlflow.set_experiment("runs")
    with mlflow.start_run(run_name="parent", tags={"k": "v"}, description="a *note*") as parent:
        mlflow.log_param("lr", 0.1)
        assert mlflow.log_param("lr", 0.1) == 0.1
        refused("INVALID_PARAMETER_VALUE", mlflow.log_param, "lr", 0.2)
        mlflow.log_params({f"p{n}": n for n in range(150)})
        mlflow.log_metric("m", 1.5, step=3)
        mlflow.log_metrics({"a": 1, "b/c": math.nan, "d": -math.inf}, step=7)
        mlflow.set_tag("t", "ü" * 100)
        mlflow.set_tags({"x": 1, "y": "two"})
        mlflow.delete_tag("x")
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("m", 2)
    run = client.get_run(parent.info.run_id)
    assert run.info.status == "FINISHED" and run.info.end_time >= run.info.start_time
    assert run.data.params["lr"] == "0.1" and len(run.data.params) == 151
    assert run.data.metrics["m"] == 1.5 and math.isnan(run.data.metrics["b/c"])
    assert run.data.metrics["d"] < -1e308
    assert run.data.tags["mlflow.note.content"] == "a *note*" and run.data.tags["mlflow.runName"] == "parent"
    assert "x" not in run.data.tags and run.data.tags["t"] == "ü" * 100
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    children = client.search_runs([run.info.experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [r.info.run_id for r in children] == [child.info.run_id]
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "0" * 32)
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, run.info.run_id, "none")
    client.update_run(run.info.run_id, name="renamed", status="FAILED")
    again = client.get_run(run.info.run_id)
    assert (again.info.run_name, again.info.status) == ("renamed", "FAILED")
    assert again.data.tags["mlflow.runName"] == "renamed"
    # What was logged after the end is there too.
    client.log_metric(run.info.run_id, "late", 9.0, step=1)
    client.set_tag(run.info.run_id, "late", "yes")
    assert client.get_run(run.info.run_id).data.metrics["late"] == 9.0
    client.delete_run(run.info.run_id)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", client.log_metric, run.info.run_id, "m", 1.0)
    gone = client.search_runs([run.info.experiment_id], run_view_type=ViewType.DELETED_ONLY)
    assert [r.info.run_id for r in gone] == [run.info.run_id]
    client.restore_run(run.info.run_id)
    history = client.get_metric_history(run.info.run_id, "m")
    assert [(p.value, p.step) for p in history] == [(1.5, 3)]
    frame = mlflow.search_runs(experiment_names=["runs"], filter_string="metrics.m > 1", order_by=["metrics.m DESC"])
    assert list(frame["metrics.m"]) == [2.0, 1.5], frame
    last = mlflow.last_active_run()
    assert last is not None


def artifacts():
    mlflow.set_experiment("artifacts")
    with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
        for name in ["plain.txt", "sub/with space.txt", "sub/größe.bin", "sub/deep/er/x", "empty", "a+b&c=d.txt"]:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(b"" if name == "empty" else name.encode() * 1000)
        mlflow.log_artifacts(folder, "all")
        mlflow.log_artifact(os.path.join(folder, "plain.txt"))
        mlflow.log_text("text\n", "notes/t.txt")
        mlflow.log_dict({"a": [1, None]}, "d.json")
        mlflow.log_dict({"a": 1}, "d.yaml")
        mlflow.log_image(numpy.zeros((4, 4, 3), dtype=numpy.uint8), "i.png")
        mlflow.log_table({"a": [1, 2], "b": ["x", "y"]}, "t.json")
        import matplotlib.figure

        mlflow.log_figure(matplotlib.figure.Figure(), "f.png")
        assert mlflow.load_table("t.json", [run.info.run_id]).shape == (2, 2)
        assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/t.txt") == "text\n"
        assert mlflow.artifacts.load_dict(run.info.artifact_uri + "/d.json") == {"a": [1, None]}
        check = lambda: same(folder, client.download_artifacts(run.info.run_id, "all"))
        check()
        names = {item.path: item.is_dir for item in client.list_artifacts(run.info.run_id)}
        assert names["all"] and not names["plain.txt"] and "notes" in names, names
        inner = {item.path: item.file_size for item in client.list_artifacts(run.info.run_id, "all/sub")}
        assert inner["all/sub/with space.txt"] == len("sub/with space.txt") * 1000, inner
        assert client.list_artifacts(run.info.run_id, "all/plain.txt") == []
    check_sealed = client.download_artifacts(run.info.run_id, "all/sub/deep/er/x")
    assert open(check_sealed, "rb").read() == b"sub/deep/er/x" * 1000
    client.log_text(run.info.run_id, "after the end", "late.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/late.txt") == "after the end"


def same(folder, other):
    found = 0
    for above, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(above, name)
            twin = os.path.join(other, os.path.relpath(path, folder))
            assert open(path, "rb").read() == open(twin, "rb").read(), path
            found += 1
    assert found == sum(len(files) for _, _, files in os.walk(other))


def datasets():
    mlflow.set_experiment("datasets")
    frame = pandas.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(frame, name="pairs", targets="b"), context="train")
        mlflow.log_input(mlflow.data.from_numpy(numpy.arange(3)), tags={"own": "tag"})
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    by_name = {one.dataset.name: one for one in inputs}
    assert json.loads(by_name["pairs"].dataset.profile)["num_rows"] == 2, inputs
    assert [(t.key, t.value) for t in by_name["pairs"].tags] == [("mlflow.data.context", "train")]
    assert any(t.key == "own" for one in inputs for t in one.tags), inputs
    found = client.search_runs([run.info.experiment_id], "dataset.name = 'pairs' AND dataset.context = 'train'")
    assert [r.info.run_id for r in found] == [run.info.run_id]


def asynchronous():
    mlflow.set_experiment("async")
    with mlflow.start_run() as run:
        for step in range(300):
            mlflow.log_metric("m", step, step=step, synchronous=False)
            if step < 50:
                mlflow.log_param(f"p{step}", step, synchronous=False)
        mlflow.set_tag("done", "yes", synchronous=False)
        mlflow.flush_async_logging()
    assert len(client.get_metric_history(run.info.run_id, "m")) == 300
    assert len(client.get_run(run.info.run_id).data.params) == 50


def many():
    experiment = client.create_experiment("many")
    run = client.create_run(experiment).info.run_id
    keys, now = 12_000, int(time.time() * 1000)
    for first in range(0, keys, 1000):
        client.log_batch(run, [Metric(f"k{n:05}", n, now, 0) for n in range(first, first + 1000)])
    points = 1_000_000 if FULL else 60_000
    for first in range(0, points, 1000):
        client.log_batch(run, [Metric("long", n, now + n, n) for n in range(first, first + 1000)])
    assert len(client.get_run(run).data.metrics) == keys + 1
    client.set_terminated(run)
    sealed = client.get_run(run).data.metrics
    assert len(sealed) == keys + 1 and sealed["k11999"] == 11999 and sealed["long"] == points - 1
    history = client.get_metric_history(run, "long")
    assert len(history) == points and [p.step for p in history[:3]] == [0, 1, 2]
    client.log_batch(run, tags=[RunTag(f"t{n}", "v") for n in range(100)])


def large():
    size = 2 << 30 if FULL else 48 << 20
    run = client.create_run("0").info.run_id
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "large.bin")
        block = os.urandom(1 << 20)
        with open(path, "wb") as file:
            for n in range(size >> 20):
                file.write(n.to_bytes(8, "big") + block[8:])
        client.log_artifact(run, path)
        client.set_terminated(run)
        back = client.download_artifacts(run, "large.bin")
        assert os.path.getsize(back) == size
        with open(path, "rb") as left, open(back, "rb") as right:
            while chunk := left.read(8 << 20):
                assert chunk == right.read(8 << 20)
        os.remove(back)


PARTS = [experiments, runs, artifacts, datasets, asynchronous, many, large]


def main():
    mlflow.set_tracking_uri(sys.argv[1])
    globals()["client"] = MlflowClient(sys.argv[1], sys.argv[1])
    wanted, failed = sys.argv[2:], []
    for part in PARTS:
        if not wanted or part.__name__ in wanted:
            began = time.time()
            try:
                part()
                print(f"{part.__name__}: {time.time() - began:.1f} s", flush=True)
            except Exception:
                import traceback

                traceback.print_exc()
                failed.append(part.__name__)
                while mlflow.active_run():
                    mlflow.end_run()
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
