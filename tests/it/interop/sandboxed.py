"""A model that looks around: `sandboxed.py FILE SECRET PORT` pickles one that tries to read a file and to reach a port."""

import sys

import cloudpickle


class Spy:
    def __init__(self, secret, port):
        self.secret, self.port = secret, port

    def predict(self, data):
        import os
        import socket
        import subprocess
        import tempfile

        import numpy

        said = [f"sum: {numpy.asarray(data).sum():g}"]

        def tried(name, work):
            try:
                work()
                said.append(f"{name}: done")
            except Exception as error:
                said.append(f"{name}: {type(error).__name__}")

        with open("/proc/self/status") as status:
            rights = [line.split()[1] for line in status if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))]
        packages = os.path.dirname(numpy.__file__)
        tried("secret", lambda: open(self.secret).read())
        tried("users", lambda: open("/etc/passwd").read())
        tried("listener", lambda: socket.create_connection(("127.0.0.1", self.port), 5))
        tried("network", lambda: socket.create_connection(("192.0.2.1", 80), 0.1))
        tried("packages", lambda: (os.mkdir(f"{packages}/canary"), os.rmdir(f"{packages}/canary")))
        tried("scratch", lambda: tempfile.TemporaryFile().write(b"text"))
        tried("programs", lambda: subprocess.run(["true"], check=True))
        said.append("rights: " + " ".join(rights))
        return numpy.array(said)


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as file:
        cloudpickle.dump(Spy(sys.argv[2], int(sys.argv[3])), file)
