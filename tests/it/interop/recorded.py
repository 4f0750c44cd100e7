"""The same requests to `mlflow server` and to a hub: status, error code and body must be equal, but for ids, times and what
is listed here as different on purpose. At the end `mls` imports what the server has."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

API = "/api/2.0/mlflow/"
T = 1_700_000_000_000
LONG = "x" * 7000

# What a request is, how, and what it is sent; `{…}` is filled with what came before. A last item names what to keep.
REQUESTS = [
    ("POST", "experiments/create", {"name": "rec", "tags": [{"key": "a", "value": "b"}]}, ("exp", "experiment_id")),
    ("POST", "experiments/create", {"name": "rec"}),
    ("POST", "experiments/create", {}),
    ("GET", "experiments/get?experiment_id={exp}", None),
    ("GET", "experiments/get?experiment_id=424242", None),
    ("GET", "experiments/get-by-name?experiment_name=rec", None),
    ("GET", "experiments/get-by-name?experiment_name=nope", None),
    ("POST", "experiments/search", {"max_results": 10, "filter": "name = 'rec'"}),
    ("POST", "experiments/search", {"max_results": 10, "filter": "name ~ 'rec'"}),
    ("POST", "experiments/search", {}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "{exp}", "key": "k", "value": "v"}),
    ("POST", "experiments/update", {"experiment_id": "{exp}", "new_name": "rec2"}),
    ("POST", "runs/create", {"experiment_id": "{exp}", "user_id": "ada", "start_time": T, "run_name": "bold",
                             "tags": [{"key": "t", "value": "1"}]}, ("run", "run.info.run_id")),
    ("POST", "runs/create", {"experiment_id": "424242"}),
    ("POST", "runs/create", {"experiment_id": "{exp}", "run_name": "a", "tags": [{"key": "mlflow.runName", "value": "b"}]}),
    ("GET", "runs/get?run_id={run}", None),
    ("GET", "runs/get?run_id=" + "0" * 32, None),
    ("GET", "runs/get", None),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": 1.5, "timestamp": T, "step": 2}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": "NaN", "timestamp": T, "step": "3"}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "inf", "value": "Infinity", "timestamp": T}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "timestamp": T}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": "abc", "timestamp": T}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "../m", "value": 1, "timestamp": T}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "lr", "value": "0.1"}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "lr", "value": "0.1"}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "lr", "value": "0.2"}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "long", "value": LONG}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "k" * 251, "value": "v"}),
    ("POST", "runs/set-tag", {"run_id": "{run}", "key": "tag", "value": "ü"}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "none"}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "tag"}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "metrics": [{"key": "b", "value": 1, "timestamp": T, "step": n} for n in range(5)],
                                "params": [{"key": "p", "value": "1"}], "tags": [{"key": "q", "value": "2"}]}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "metrics": [{"key": "b", "value": 1, "timestamp": T, "step": n} for n in range(1001)]}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "params": [{"key": f"p{n}", "value": "1"} for n in range(101)]}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "params": [{"key": "lr", "value": "9"}]}),
    ("POST", "runs/log-inputs", {"run_id": "{run}", "datasets": [{"tags": [{"key": "mlflow.data.context", "value": "train"}],
        "dataset": {"name": "d", "digest": "12", "source_type": "local", "source": "{}", "schema": "{}", "profile": "{}"}}]}),
    ("GET", "metrics/get-history?run_id={run}&metric_key=m", None),
    ("GET", "metrics/get-history?run_id={run}&metric_key=none", None),
    ("GET", "metrics/get-history?run_id={run}&metric_key=b&max_results=2", None),
    ("GET", "runs/get?run_id={run}", None),
    ("POST", "runs/search", {"experiment_ids": ["{exp}"], "filter": "metrics.b = 1 and params.lr = '0.1'"}),
    ("POST", "runs/search", {"experiment_ids": ["{exp}"], "filter": "metrics.b = 'x'"}),
    ("POST", "runs/search", {"experiment_ids": ["{exp}"], "filter": "a or b"}),
    ("POST", "runs/search", {"experiment_ids": ["{exp}"], "page_token": "!!!"}),
    ("POST", "runs/search", {"experiment_ids": ["{exp}"], "max_results": 50001}),
    ("POST", "runs/update", {"run_id": "{run}", "status": "FINISHED", "end_time": T + 5}),
    ("POST", "runs/delete", {"run_id": "{run}"}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": 1, "timestamp": T}),
    ("POST", "runs/restore", {"run_id": "{run}"}),
    ("POST", "logged-models", {"experiment_id": "{exp}", "name": "net", "source_run_id": "{run}", "model_type": "agent",
                               "params": [{"key": "lr", "value": "1"}], "tags": [{"key": "a", "value": "b"}]},
     ("model", "model.info.model_id")),
    ("POST", "logged-models", {"experiment_id": "{exp}", "name": "a/b"}),
    ("POST", "logged-models", {"experiment_id": "424242", "name": "net"}),
    ("POST", "logged-models/{model}/params", {"model_id": "{model}", "params": [{"key": "depth", "value": "2"}]}),
    ("PATCH", "logged-models/{model}/tags", {"model_id": "{model}", "tags": [{"key": "k", "value": "v"}]}),
    ("DELETE", "logged-models/{model}/tags/none", None),
    ("POST", "runs/outputs", {"run_id": "{run}", "models": [{"model_id": "{model}", "step": 3}]}),
    ("POST", "runs/log-inputs", {"run_id": "{run}", "models": [{"model_id": "{model}"}]}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "metrics": [
        {"key": "val", "value": n / 2, "timestamp": T + n, "step": n, "model_id": "{model}"} for n in range(1)]}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "test", "value": 0.25, "timestamp": T, "step": 1, "model_id": "{model}",
                                 "dataset_name": "held-out", "dataset_digest": "12"}),
    ("PATCH", "logged-models/{model}", {"model_id": "{model}", "status": "LOGGED_MODEL_READY"}),
    ("GET", "logged-models/{model}", None),
    ("GET", "logged-models/m-" + "0" * 32, None),
    ("POST", "logged-models/search", {"experiment_ids": ["{exp}"], "filter": "metrics.val < 1"}),
    ("POST", "logged-models/search", {"experiment_ids": ["{exp}"], "filter": "metrics.val > 1"}),
    ("GET", "runs/get?run_id={run}", None),
    ("POST", "registered-models/create", {"name": "greet", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}),
    ("POST", "model-versions/create", {"name": "greet", "source": "dummy-source", "tags": [
        {"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "mlflow.prompt.text", "value": "Hello"}]}),
    ("POST", "registered-models/create", {"name": "iris", "tags": [{"key": "a", "value": "b"}], "description": "d"}),
    ("POST", "registered-models/create", {"name": "iris"}),
    ("POST", "registered-models/create", {"name": ""}),
    ("POST", "registered-models/create", {"name": "a/b"}),
    ("GET", "registered-models/get?name=iris", None),
    ("GET", "registered-models/get?name=nope", None),
    ("POST", "model-versions/create", {"name": "iris", "source": "mlflow-artifacts:/{exp}/{run}/artifacts/model", "run_id": "{run}"}),
    ("POST", "model-versions/create", {"name": "nope", "source": "mlflow-artifacts:/{exp}/{run}/artifacts/model", "run_id": "{run}"}),
    ("POST", "model-versions/create", {"name": "iris", "source": "file:///etc/passwd"}),
    ("GET", "model-versions/get?name=iris&version=1", None),
    ("GET", "model-versions/get?name=iris&version=7", None),
    ("GET", "model-versions/get?name=iris&version=x", None),
    ("POST", "registered-models/alias", {"name": "iris", "alias": "best", "version": "1"}),
    ("POST", "registered-models/alias", {"name": "iris", "alias": "latest", "version": "1"}),
    ("GET", "registered-models/alias?name=iris&alias=best", None),
    ("GET", "registered-models/alias?name=iris&alias=none", None),
    ("POST", "model-versions/transition-stage", {"name": "iris", "version": "1", "stage": "production", "archive_existing_versions": False}),
    ("POST", "model-versions/transition-stage", {"name": "iris", "version": "1", "stage": "dancing", "archive_existing_versions": False}),
    ("GET", "model-versions/get-download-uri?name=iris&version=1", None),
    ("GET", "model-versions/search?filter=name%3D'iris'", None),
    ("GET", "registered-models/search?filter=name%20LIKE%20'ir%25'", None),
    ("PATCH", "model-versions/update", {"name": "iris", "version": "1", "description": "one"}),
    ("POST", "registered-models/rename", {"name": "iris", "new_name": "flowers"}),
    ("DELETE", "model-versions/delete", {"name": "flowers", "version": "1"}),
    ("DELETE", "registered-models/delete", {"name": "flowers"}),
    ("DELETE", "registered-models/delete", {"name": "flowers"}),
    ("POST", "experiments/delete", {"experiment_id": "{exp}"}),
    ("GET", "experiments/get?experiment_id={exp}", None),
    ("POST", "experiments/restore", {"experiment_id": "{exp}"}),
]

# Requests, as they stand above, whose messages differ on purpose; status and error code are the same. README lists these too.
ON_PURPOSE = {
    ("experiments/create", "rec"): "MLflow quotes the SQL that failed",
    ("experiments/search", "name ~ 'rec'"): "a filter that cannot be read is refused with the place in it",
    ("runs/search", "a or b"): "a filter that cannot be read is refused with the place in it",
    ("runs/search", "!!!"): "a page token that is none is refused in one wording",
}


def send(base, method, path, body):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + API + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, {"text": text.decode(errors="replace")[:200]}


def filled(value, kept):
    text = json.dumps(value)
    for name, one in kept.items():
        text = text.replace("{" + name + "}", one)
    return json.loads(text)


def plain(value, kept, under=""):
    """Takes ids, times and what only some versions tell out of an answer."""
    if isinstance(value, dict):
        value = {k: v for k, v in value.items() if k not in ("sqlstate", "error_class", "workspace")}
        return {k: "TIME" if re.search(r"(time|timestamp)(_ms)?$", k) else plain(v, kept, k) for k, v in sorted(value.items())}
    if isinstance(value, list):
        return sorted((plain(one, kept, under) for one in value), key=json.dumps)
    if isinstance(value, str):
        for name, one in kept.items():
            # A short id is a number like others: it is one where it stands for one.
            pattern = rf"(?<=:/){one}(?=/|$)|(?<=id=){one}(?!\d)" if len(one) < 10 else re.escape(one)
            if under == "experiment_id":
                pattern += rf"|^{one}$"
            value = re.sub(pattern, "{" + name + "}", value)
    return value


def start_server(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/server.db", "--workers", "1",
        "--artifacts-destination", f"{folder}/artifacts", "--host", "127.0.0.1", "--port", str(port),
    ]
    log = open(f"{folder}/server.log", "w")
    server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(url + "/health", timeout=5).read()
            return server, url
        except OSError:
            assert server.poll() is None, open(f"{folder}/server.log").read()[-3000:]
            time.sleep(0.3)
    raise AssertionError("mlflow server did not start")


def compare(server, hub, kept):
    wrong = []
    for request in REQUESTS:
        method, path, body = request[:3]
        answers = []
        for side, base in enumerate([server, hub]):
            names = kept[side]
            status, answer = send(base, method, filled(path, names), filled(body, names))
            if len(request) > 3 and status == 200:
                name, where = request[3]
                value = answer
                for part in where.split("."):
                    value = value[part]
                names[name] = value
            answers.append((status, plain(answer, names)))
        shown = f"{method} {path} {json.dumps(body)[:150]}"
        words = any(path == where and body and word in body.values() for where, word in ON_PURPOSE)
        if words:
            answers = [(status, answer.get("error_code", answer)) for status, answer in answers]
        if answers[0] != answers[1]:
            wrong.append(f"{shown}\n   mlflow: {answers[0]}\n   hub:    {answers[1]}")
    return wrong


def mls(program, store, *args):
    said = subprocess.run([program, "-C", store, "--format", "json", *args], capture_output=True, text=True)
    assert said.returncode == 0, said
    return json.loads(said.stdout)


def imported(program, store, url, ids):
    """Imports what the server has, and asks a hub over it as the server is asked."""
    report = mls(program, store, "import", "mlflow", url)
    assert report["runs"]["new"] == 1 and report["experiments"]["new"] >= 1, report
    assert report["logged_models"]["new"] == 1 and report["model_versions"]["new"] == 1, report
    again = mls(program, store, "import", "mlflow", url)
    for kind in ["runs", "logged_models", "model_versions"]:
        assert again[kind] == {"new": 0, "changed": 0, "unchanged": 1}, again
    hub = subprocess.Popen([program, "-C", store, "hub", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        base = next(word for word in hub.stdout.readline().split() if word.startswith("http://"))
        for method, path, body in [
            ("GET", "runs/get?run_id={run}", None),
            ("GET", "logged-models/{model}", None),
            ("POST", "logged-models/search", {"experiment_ids": ["{exp}"]}),
            ("GET", "registered-models/get?name=greet", None),
        ]:
            there, here = [plain(send(one, method, filled(path, ids), filled(body, ids))[1], ids) for one in [url, base]]
            assert there == here, f"{path}\n   mlflow:   {there}\n   imported: {here}"
    finally:
        hub.terminate()
        hub.wait()


def main(hub, program, store, folder):
    server, url = start_server(folder)
    kept = [{}, {}]
    try:
        wrong = compare(url, hub, kept)
        imported(program, store, url, kept[0])
    finally:
        os.killpg(server.pid, 15)
        server.wait()
    print(f"{len(REQUESTS)} requests, {len(wrong)} answers differ")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
