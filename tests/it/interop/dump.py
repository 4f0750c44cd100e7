"""Prints what the package reads of tracking stores, one line of JSON for each: experiments, runs with all points and files,
logged models, and the registry, whose models are loaded by their aliases."""

import hashlib
import json
import os
import sys

import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType


def files(client, run, path=None):
    found = {}
    for item in client.list_artifacts(run, path):
        if item.is_dir:
            found.update(files(client, run, item.path))
        else:
            found[item.path] = item.file_size
    return found


def content(client, run, names):
    if not names:
        return {}
    folder = client.download_artifacts(run, "")
    digest = lambda name: hashlib.sha256(open(os.path.join(folder, name), "rb").read()).hexdigest()
    return {name: digest(name) for name in names}


def points(client, run, key):
    history = client.get_metric_history(run, key)
    return sorted([[p.step, p.timestamp, repr(p.value)] for p in history])


def one(client, run):
    info, data = run.info, run.data
    names = files(client, info.run_id)
    datasets = [
        [d.dataset.name, d.dataset.digest, d.dataset.source_type, d.dataset.source, d.dataset.schema, d.dataset.profile,
         sorted((t.key, t.value) for t in d.tags)]
        for d in run.inputs.dataset_inputs
    ]
    return {
        "name": info.run_name, "status": info.status, "start": info.start_time, "end": info.end_time,
        "user": info.user_id, "experiment": info.experiment_id, "lifecycle_stage": info.lifecycle_stage,
        "params": data.params, "tags": {k: v for k, v in data.tags.items() if k != "mlflow.user"},
        "metrics": {key: points(client, info.run_id, key) for key in sorted(data.metrics)},
        "used": sorted(m.model_id for m in run.inputs.model_inputs or []),
        "made": sorted((m.model_id, m.step) for m in run.outputs.model_outputs or []),
        "files": names, "content": content(client, info.run_id, names), "datasets": sorted(datasets, key=repr),
    }


def hashes(folder):
    found = {}
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)
            found[os.path.relpath(path, folder)] = hashlib.sha256(open(path, "rb").read()).hexdigest()
    return found


def last(metrics):
    """The last point of each metric on each dataset, which is all that a file store tells; a database tells every point."""
    found = {}
    for m in sorted(metrics, key=lambda m: (m.step, m.timestamp)):
        found[m.key, m.dataset_name, m.dataset_digest] = m
    return found.values()


def logged(model):
    metrics = [[m.key, repr(m.value), m.step, m.timestamp, m.run_id, m.dataset_name, m.dataset_digest] for m in last(model.metrics or [])]
    ready = model.status.value == "READY"
    return {
        "name": model.name, "experiment": model.experiment_id, "status": model.status.value, "type": model.model_type or None,
        "source": model.source_run_id or None, "created": model.creation_timestamp, "updated": model.last_updated_timestamp,
        "params": model.params, "tags": model.tags, "metrics": sorted(metrics, key=repr),
        "files": hashes(mlflow.artifacts.download_artifacts(model.model_uri)) if ready else {},
    }


def model_of(version):
    """A database says in the address alone which logged model a version is."""
    return version.model_id or (version.source.removeprefix("models:/") if version.source.startswith("models:/m-") else None)


def registered(client, model):
    versions = client.search_model_versions(f"name = '{model.name}'")
    loaded = {alias: list(map(int, mlflow.pyfunc.load_model(f"models:/{model.name}@{alias}").predict([[0.0], [1.0]]))) for alias in model.aliases}
    return {
        "description": model.description or None, "tags": model.tags, "aliases": {k: str(v) for k, v in model.aliases.items()},
        "created": model.creation_timestamp, "loaded": loaded,
        "versions": {
            str(v.version): {
                "description": v.description or None, "tags": v.tags, "stage": v.current_stage, "run": v.run_id or None,
                "status": v.status, "created": v.creation_timestamp, "model": model_of(v),
                "files": sorted(set(hashes(client_files(v))) - {"registered_model_meta"}),
            }
            for v in versions
        },
    }


def client_files(version):
    return mlflow.artifacts.download_artifacts(f"models:/{version.name}/{version.version}")


def prompt(name):
    prompt = mlflow.genai.load_prompt(f"prompts:/{name}@best")
    return [prompt.version, prompt.template, prompt.commit_message]


def read(uri):
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    client = MlflowClient(uri, uri)
    experiments = client.search_experiments(view_type=ViewType.ALL)
    runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, max_results=1000)
    told = {
        "experiments": {
            e.experiment_id: {"name": e.name, "tags": e.tags, "created": e.creation_time, "stage": e.lifecycle_stage}
            for e in experiments
        },
        # A search in a database leaves out which models a run used.
        "runs": {run.info.run_id: one(client, client.get_run(run.info.run_id)) for run in runs},
        "logged": {m.model_id: logged(m) for m in client.search_logged_models([e.experiment_id for e in experiments])},
        "registered": {model.name: registered(client, model) for model in client.search_registered_models()},
        "prompts": {model.name: prompt(model.name) for model in mlflow.genai.search_prompts()},
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    for uri in sys.argv[1:]:
        read(uri)
