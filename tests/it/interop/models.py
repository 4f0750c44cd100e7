"""Models through the package's client against a hub: trained, logged, registered, named, loaded by every form of address."""

import os
import sys
import tempfile
import time
import traceback

import mlflow
import numpy
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LogisticRegression

FULL = os.environ.get("PROOF") == "full"
X, Y = numpy.array([[0.0, 1.0], [1.0, 0.0], [0.2, 0.9], [0.9, 0.1]]), numpy.array([0, 1, 0, 1])
client = None


def refused(code, call, *args, **named):
    try:
        call(*args, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, code, error)
        return
    raise AssertionError(f"{call} was not refused")


def autolog():
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog()
    with mlflow.start_run() as run:
        LogisticRegression(C=0.5).fit(X, Y)
    mlflow.sklearn.autolog(disable=True)
    run = client.get_run(run.info.run_id)
    assert run.data.params["C"] == "0.5" and run.data.metrics["training_accuracy_score"] == 1.0, run.data
    assert len(run.inputs.dataset_inputs) == 1 and len(run.outputs.model_outputs) == 1, run
    names = [item.path for item in client.list_artifacts(run.info.run_id)]
    assert "estimator.html" in names, names
    model = mlflow.sklearn.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert list(model.predict(X)) == list(Y)


def registry():
    mlflow.set_experiment("registry")
    with mlflow.start_run() as run:
        model = LogisticRegression().fit(X, Y)
        example = X[:1]
        info = mlflow.sklearn.log_model(
            model, name="model", registered_model_name="iris", input_example=example, params={"depth": 3}
        )
        mlflow.log_metric("acc", 0.9)
        mlflow.log_metric("loss", 0.1, model_id=info.model_id)
    assert info.registered_model_version == 1 or info.registered_model_version == "1", info.registered_model_version
    second = mlflow.register_model(f"runs:/{run.info.run_id}/model", "iris", tags={"second": "yes"})
    assert str(second.version) == "2", second
    third = mlflow.register_model(f"models:/{info.model_id}", "iris")
    client.set_registered_model_alias("iris", "champion", "1")
    client.set_registered_model_alias("iris", "champion", "2")
    assert client.get_model_version_by_alias("iris", "champion").version in (2, "2")
    for address in [
        "models:/iris@champion", "models:/iris/1", "models:/iris/3", "models:/iris/latest",
        f"models:/{info.model_id}", f"runs:/{run.info.run_id}/model", info.model_uri,
    ]:
        loaded = mlflow.pyfunc.load_model(address)
        assert list(loaded.predict(X)) == list(Y), address
        assert list(mlflow.sklearn.load_model(address).predict(X)) == list(Y), address
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, "iris", "9")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "none")
    refused("RESOURCE_ALREADY_EXISTS", client.create_registered_model, "iris")
    refused("INVALID_PARAMETER_VALUE", client.create_registered_model, "a/b")
    client.update_registered_model("iris", description="flowers")
    client.set_registered_model_tag("iris", "owner", "ada")
    client.update_model_version("iris", "1", description="the first")
    client.set_model_version_tag("iris", "1", "checked", "yes")
    client.delete_model_version_tag("iris", "2", "second")
    got = client.get_registered_model("iris")
    assert (got.description, got.tags, got.aliases) == ("flowers", {"owner": "ada"}, {"champion": "2"}), got
    version = client.get_model_version("iris", "1")
    assert (version.description, version.tags["checked"], version.run_id) == ("the first", "yes", run.info.run_id)
    assert version.status == "READY" and version.current_stage == "None", version
    found = client.search_model_versions("name = 'iris' and tags.checked = 'yes'")
    assert [int(v.version) for v in found] == [1], found
    assert sorted(int(v.version) for v in client.search_model_versions(f"run_id = '{run.info.run_id}'")) == [1, 2, 3]
    assert [m.name for m in client.search_registered_models("name LIKE 'ir%'")] == ["iris"]
    client.transition_model_version_stage("iris", "2", "Production")
    client.transition_model_version_stage("iris", "1", "Production", archive_existing_versions=True)
    assert client.get_model_version("iris", "2").current_stage == "Archived"
    assert list(mlflow.pyfunc.load_model("models:/iris/Production").predict(X)) == list(Y)
    client.delete_registered_model_alias("iris", "champion")
    refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, "iris", "champion")
    client.delete_model_version("iris", third.version)
    fourth = client.create_model_version("iris", info.model_uri, run.info.run_id, model_id=info.model_id)
    assert int(fourth.version) == 4, "a number is never given twice"
    client.rename_registered_model("iris", "flowers")
    assert client.get_registered_model("flowers").name == "flowers"
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "iris")
    client.delete_registered_model("flowers")
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "flowers")


def logged():
    mlflow.set_experiment("logged")
    experiment = client.get_experiment_by_name("logged").experiment_id
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model("net", params={"lr": "0.1"}, tags={"kind": "a"}, model_type="agent")
        mlflow.log_metric("acc", 0.7, model_id=model.model_id)
        mlflow.log_model_params({"depth": "2"}, model_id=model.model_id)
        mlflow.set_logged_model_tags(model.model_id, {"more": "b"})
        mlflow.finalize_logged_model(model.model_id, "READY")
    got = mlflow.get_logged_model(model.model_id)
    assert got.params == {"lr": "0.1", "depth": "2"}, got
    assert got.tags["kind"] == "a" and got.tags["more"] == "b" and got.status == "READY" and got.model_type == "agent"
    assert [(m.key, m.value) for m in got.metrics] == [("acc", 0.7)], got.metrics
    assert got.source_run_id == run.info.run_id
    find = lambda text: [m.name for m in client.search_logged_models([experiment], text)]
    assert find("metrics.acc > 0.5 AND params.lr = '0.1'") == ["net"]
    assert find("tags.kind = 'b'") == []
    mlflow.delete_logged_model_tag(model.model_id, "more")
    assert "more" not in mlflow.get_logged_model(model.model_id).tags
    client.delete_logged_model(model.model_id)
    assert find("name = 'net'") == []


def prompts():
    first = mlflow.genai.register_prompt("greet", "Hello {{name}}", commit_message="one")
    second = mlflow.genai.register_prompt("greet", "Hi {{name}}!", tags={"t": "1"})
    assert (int(first.version), int(second.version)) == (1, 2)
    mlflow.genai.set_prompt_alias("greet", "best", 1)
    assert mlflow.genai.load_prompt("prompts:/greet@best").format(name="Ada") == "Hello Ada"
    assert mlflow.genai.load_prompt("prompts:/greet/2").template == "Hi {{name}}!"
    assert "greet" not in [m.name for m in client.search_registered_models()]


def files():
    count = 10_000 if FULL else 1_000
    with tempfile.TemporaryDirectory() as folder:
        for n in range(count):
            path = os.path.join(folder, f"d{n % 50}")
            os.makedirs(path, exist_ok=True)
            with open(os.path.join(path, f"{n}.bin"), "wb") as file:
                file.write(n.to_bytes(4, "big") * 64)
        run = client.create_run("0").info.run_id
        client.log_artifacts(run, folder, "model")
        client.set_terminated(run)
        version = None
        client.create_registered_model("many")
        version = client.create_model_version("many", f"runs:/{run}/model", run)
        back = mlflow.artifacts.download_artifacts("models:/many/1")
        found = sum(len(names) for _, _, names in os.walk(back)) - os.path.exists(os.path.join(back, "registered_model_meta"))
        assert found == count, found
        assert open(os.path.join(back, "d7/57.bin"), "rb").read() == (57).to_bytes(4, "big") * 64


PARTS = [autolog, registry, logged, prompts, files]


def main():
    global client
    mlflow.set_tracking_uri(sys.argv[1])
    client = MlflowClient(sys.argv[1], sys.argv[1])
    wanted, failed = sys.argv[2:], []
    for part in PARTS:
        if not wanted or part.__name__ in wanted:
            began = time.time()
            try:
                part()
                print(f"{part.__name__}: {time.time() - began:.1f} s", flush=True)
            except Exception:
                traceback.print_exc()
                failed.append(part.__name__)
                while mlflow.active_run():
                    mlflow.end_run()
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    main()
