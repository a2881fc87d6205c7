"""What NumPy and nibabel need for the same work. Answers each line of JSON on standard input with one on standard output.

{"task": "make", "runs": r, "volumes": t, "regressors": n, "voxels": v, "nuisance": k}   arrays in memory
{"task": "products"}   X'X and X'Y of the runs, from projected designs and centred data
{"task": "all"}        the same from the arrays as they are: projection and sums of squares too
{"task": "open", "file": "x.nii.gz", "how": "dataobj" or "float32"}
"""

import json
import sys

import numpy as np

state = {}


def make(runs, volumes, regressors, voxels, nuisance):
    random = np.random.default_rng(0)
    state["runs"] = []
    for _ in range(runs):
        x = random.standard_normal((volumes, regressors))
        confounds = random.standard_normal((volumes, nuisance))
        confounds[:, -1] = 1
        y = random.standard_normal((volumes, voxels), dtype=np.float32)
        y *= 10
        y += 1000
        state["runs"].append((x, confounds, y))
    state["projected"] = [(project(x, basis(q)), centred(y)) for x, q, y in state["runs"]]
    state["gram"] = np.zeros((regressors, regressors))
    state["cross"] = np.zeros((regressors, voxels), np.float32)
    # Made once: new memory for every product would cost more than adding it.
    state["product"] = np.empty_like(state["cross"])
    state["squares"] = np.zeros(voxels)


def basis(confounds):
    return np.linalg.qr(confounds)[0]


def project(x, q):
    return x - q @ (q.T @ x)


def centred(y):
    return y - y.mean(axis=0, dtype=np.float64).astype(np.float32)


def add(x, y):
    state["gram"] += x.T @ x
    np.matmul(x.T.astype(np.float32), y, out=state["product"])
    state["cross"] += state["product"]


def products():
    for x, y in state["projected"]:
        add(x, y)


def everything():
    for x, confounds, y in state["runs"]:
        q = basis(confounds)
        y = centred(y)
        add(project(x, q), y)
        q = q.astype(np.float32)
        residuals = y - q @ (q.T @ y)
        state["squares"] += np.einsum("tv,tv->v", residuals, residuals)


def opened(file, how):
    import nibabel

    image = nibabel.load(file)
    data = np.asanyarray(image.dataobj) if how == "dataobj" else image.get_fdata(dtype=np.float32)
    return float(data.flat[-1])


def perform(task, **options):
    if task == "make":
        make(**options)
    elif task == "products":
        products()
    elif task == "all":
        everything()
    else:
        return opened(**options)
    return True


try:
    import nibabel

    also = f", nibabel {nibabel.__version__}"
except ImportError:
    also = ""
print(json.dumps({"version": f"NumPy {np.__version__}{also}"}), flush=True)
for line in sys.stdin:
    print(json.dumps({"done": perform(**json.loads(line))}), flush=True)
