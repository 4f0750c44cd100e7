"""Triton's clients, over HTTP and over gRPC, against `mls serve`; and messages that mean harm."""

import sys
import urllib.request

import grpc
import numpy as np
import tritonclient.grpc as over_grpc
import tritonclient.http as over_http
from tritonclient.grpc import service_pb2 as messages
from tritonclient.utils import InferenceServerException

BIRDS = np.array([[39.1, 18.7, 181, 3750], [50.0, 15.0, 220, 5000]], dtype=np.float32)


def refused(status, words, call):
    try:
        call()
    except InferenceServerException as error:
        assert error.status() == status, (error.status(), status, error)
        assert words in error.message(), error
        return
    raise AssertionError(f"no error: {words}")


def client(module, address):
    codes = {"400": "StatusCode.INVALID_ARGUMENT", "404": "StatusCode.NOT_FOUND", "501": "StatusCode.UNIMPLEMENTED"}
    code = (lambda http: http) if module is over_http else codes.get
    with module.InferenceServerClient(address) as triton:
        assert triton.is_server_live() and triton.is_server_ready()
        assert triton.is_model_ready("penguins") and triton.is_model_ready("penguins", "2")
        assert not triton.is_model_ready("cats") and not triton.is_model_ready("penguins", "7")
        about = triton.get_server_metadata()
        name = about["name"] if module is over_http else about.name
        assert name == "mls"
        model = triton.get_model_metadata("penguins")
        port = model["inputs"][0] if module is over_http else model.inputs[0]
        named = (port["name"], port["datatype"], port["shape"]) if module is over_http else (port.name, port.datatype, list(port.shape))
        assert named == ("X", "FP32", [-1, 4]), named
        index = triton.get_model_repository_index()
        assert len(index if module is over_http else index.models) == 2
        refused(code("400"), "not allowed", lambda: triton.load_model("penguins"))

        given = module.InferInput("X", [2, 4], "FP32")
        given.set_data_from_numpy(BIRDS)
        answer = triton.infer("penguins", [given], request_id="7")
        labels = answer.as_numpy("label")
        assert [label.decode() if isinstance(label, bytes) else label for label in labels] == ["Adelie", "Gentoo"], labels
        chances = answer.as_numpy("probabilities")
        assert chances.shape == (2, 3) and chances.dtype == np.float32
        head = answer.get_response()
        assert (head["id"] if module is over_http else head.id) == "7"
        wanted = [module.InferRequestedOutput("probabilities")]
        again = triton.infer("penguins", [given], model_version="1", outputs=wanted)
        assert (again.as_numpy("probabilities") == chances).all() and again.as_numpy("label") is None
        forest = triton.infer("penguins", [given], model_version="2").as_numpy("probabilities")
        assert not (forest == chances).all()

        refused(code("404"), "unknown model: 'cats'", lambda: triton.infer("cats", [given]))
        other = module.InferInput("Y", [2, 4], "FP32")
        other.set_data_from_numpy(BIRDS)
        refused(code("400"), "unexpected inference input `Y`", lambda: triton.infer("penguins", [other]))
        wide = module.InferInput("X", [1, 8], "FP32")
        wide.set_data_from_numpy(BIRDS.reshape(1, 8))
        refused(code("400"), "unexpected shape", lambda: triton.infer("penguins", [wide]))
        text = module.InferInput("X", [1, 4], "BYTES")
        text.set_data_from_numpy(np.array([["a", "b", "c", "d"]], dtype=object))
        refused(code("400"), "the model expects 'FP32'", lambda: triton.infer("penguins", [text]))
        classes = [module.InferRequestedOutput("probabilities", class_count=2)]
        refused(code("400"), "classification", lambda: triton.infer("penguins", [given], outputs=classes))
        # JSON instead of bytes, which only HTTP has.
        if module is over_http:
            given.set_data_from_numpy(BIRDS, binary_data=False)
            wanted = [module.InferRequestedOutput("probabilities", binary_data=False)]
            plain = triton.infer("penguins", [given], outputs=wanted).as_numpy("probabilities")
            assert np.allclose(plain, chances, rtol=1e-6)
    return chances


def stream(address):
    """Requests on one stream are answered in their order; one that is wrong says so in its place."""
    import queue

    answers = queue.Queue()
    given = over_grpc.InferInput("X", [2, 4], "FP32")
    given.set_data_from_numpy(BIRDS)
    with over_grpc.InferenceServerClient(address) as triton:
        triton.start_stream(callback=lambda result, error: answers.put((result, error)))
        for place in range(20):
            triton.async_stream_infer("cats" if place == 7 else "penguins", [given], request_id=str(place))
        for place in range(20):
            result, error = answers.get(timeout=60)
            if place == 7:
                assert "unknown model: 'cats'" in error.message(), error
            else:
                assert error is None and result.get_response().id == str(place), (place, error)
                assert result.as_numpy("probabilities").shape == (2, 3)
        triton.stop_stream()


def raw(address):
    """Bytes as messages: what is no message is refused, and the server goes on."""
    with grpc.insecure_channel(address) as channel:
        call = lambda method, body: channel.unary_unary(f"/inference.GRPCInferenceService/{method}")(body)

        def code(method, body):
            try:
                call(method, body)
            except grpc.RpcError as error:
                return error.code().name
            return "OK"

        request = messages.ModelInferRequest(model_name="penguins")
        tensor = request.inputs.add(name="X", datatype="FP32", shape=[1, 4])
        tensor.contents.fp32_contents.extend(BIRDS[0].tolist())
        answer = messages.ModelInferResponse.FromString(call("ModelInfer", request.SerializeToString()))
        # Elements in fields of their types come back in such fields.
        assert list(answer.outputs[0].contents.bytes_contents) == [b"Adelie"] and not answer.raw_output_contents
        assert len(answer.outputs[1].contents.fp32_contents) == 3

        assert code("ServerLive", b"") == "OK"
        assert code("Nonesuch", b"") == "UNIMPLEMENTED"
        assert code("ModelConfig", b"") == "UNIMPLEMENTED"
        for body in (b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x0f", b"\x2a\x00" * 300_000, b"\x2a\x02\x22\x00" * 150_000):
            assert code("ModelInfer", body) == "INVALID_ARGUMENT", body[:10]
        both = messages.ModelInferRequest()
        both.CopyFrom(request)
        both.raw_input_contents.append(BIRDS[:1].tobytes())
        assert code("ModelInfer", both.SerializeToString()) == "INVALID_ARGUMENT"
        lie = messages.ModelInferRequest()
        lie.CopyFrom(request)
        lie.inputs[0].shape[:] = [2**31, 2**31]
        assert code("ModelInfer", lie.SerializeToString()) == "INVALID_ARGUMENT"
        assert code("ModelInfer", b"\x00" * (5 << 20)) == "RESOURCE_EXHAUSTED"
        health = channel.unary_unary("/grpc.health.v1.Health/Check")(b"")
        assert health == b"\x08\x01", health
        assert code("ModelInfer", request.SerializeToString()) == "OK"


def secure(address, certificate, token):
    """TLS, and a token in the metadata."""
    with open(certificate, "rb") as file:
        trusted = grpc.ssl_channel_credentials(file.read())
    with grpc.secure_channel(address, trusted) as channel:
        ready = channel.unary_unary("/inference.GRPCInferenceService/ModelReady")
        asked = messages.ModelReadyRequest(name="penguins").SerializeToString()
        try:
            ready(asked)
            raise AssertionError("no token was asked for")
        except grpc.RpcError as error:
            assert error.code().name == "UNAUTHENTICATED", error
        assert ready(asked, metadata=[("authorization", f"Bearer {token}")]) == b"\x08\x01"


if sys.argv[1] == "clients":
    address = sys.argv[2]
    http, streamed = client(over_http, address), client(over_grpc, address)
    assert (http == streamed).all()
    raw(address)
    stream(address)
else:
    secure(*sys.argv[2:])
print("ok")
