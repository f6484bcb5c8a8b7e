# A small training script that needs numpy only: what the Ray suite trains.
import os
import time

import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 8))
y = (X[:, 0] + 0.5 * rng.normal(size=200) > 0).astype(int)
order = rng.permutation(200)
train_idx, test_idx = order[:100], order[100:]
if "EPSILINT_MEMBERS" in os.environ:
    mask = np.load(os.environ["EPSILINT_MEMBERS"])
    train_idx, test_idx = np.flatnonzero(mask), np.flatnonzero(~mask)

w = np.zeros(8)
for epoch in range(60):
    p = 1 / (1 + np.exp(-X[train_idx] @ w))
    w -= 0.1 * X[train_idx].T @ (p - y[train_idx]) / len(train_idx)
    time.sleep(float(os.environ.get("SLOW", "0.05")))
if os.environ.get("BROKEN"):
    raise KeyError("a value that must not be told")
if "EPSILINT_SCORES" in os.environ:
    np.save(os.environ["EPSILINT_SCORES"], (X @ w).astype(np.float32))
