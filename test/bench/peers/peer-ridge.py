"""What scikit-learn needs for ridge regression in its dual form. Answers each line of JSON on standard input with one on standard output.

{"task": "make", "trials": n, "voxels": v, "latents": d, "held": m}   arrays in memory
{"task": "fit", "penalties": [...]}   the kernel once, in float32, then KernelRidge of it and predictions for every penalty
"""

import json
import sys

import numpy as np
import sklearn
from sklearn.kernel_ridge import KernelRidge

state = {}


def make(trials, voxels, latents, held):
    random = np.random.default_rng(0)
    state["x"] = random.standard_normal((trials, voxels), dtype=np.float32)
    state["y"] = random.standard_normal((trials, latents), dtype=np.float32)
    state["between"] = random.standard_normal((held, trials), dtype=np.float32)


def fit(penalties):
    x = state["x"]
    x = x - x.mean(axis=0)
    kernel = x @ x.T
    y = state["y"] - state["y"].mean(axis=0)
    scale = np.trace(kernel) / len(kernel)
    for penalty in penalties:
        model = KernelRidge(alpha=float(penalty * scale), kernel="precomputed").fit(kernel, y)
        model.predict(state["between"])


print(json.dumps({"version": f"scikit-learn {sklearn.__version__}"}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    {"make": make, "fit": fit}[request.pop("task")](**request)
    print(json.dumps({"done": True}), flush=True)
