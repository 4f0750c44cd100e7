"""`swapped.py FILE…`: pickles models, each of which answers with its number, one for the first."""

import sys

import cloudpickle


class Numbered:
    def __init__(self, number):
        self.number = number

    def predict(self, data):
        import numpy

        return numpy.full(len(data), self.number)


if __name__ == "__main__":
    for number, path in enumerate(sys.argv[1:], 1):
        with open(path, "wb") as file:
            cloudpickle.dump(Numbered(number), file)
