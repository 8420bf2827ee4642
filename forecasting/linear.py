"""Ridge regression with several outputs, by scikit-learn, which is loaded when the first is fitted (about a second)."""

from __future__ import annotations

import numpy as np

from forecasting.history import Floats

LEAST_PENALTY = 1e-9
"""Stands for no penalty: one by input is laid into the inputs' scale, which can't be endless."""


def ridge_solve(
    inputs: Floats, outputs: Floats, penalty: float | Floats, *, centred: bool = True
) -> tuple[Floats, Floats]:
    """Slopes (F, H), intercepts (H,) that minimise ``|outputs - inputs @ slopes - intercepts|^2 + penalty |slopes|^2``.

    `inputs` (N, F) and `outputs` (N, H) are finite; `penalty` is one number or one by input (F,). Hoerl and Kennard
    (1970); the intercept is not penalised, and 0 if not `centred`. A penalty by input is one on inputs divided by its
    root.
    """
    from sklearn.linear_model import Ridge

    scale = np.sqrt(np.maximum(np.broadcast_to(penalty, inputs.shape[1]), LEAST_PENALTY))
    fitted = Ridge(alpha=1.0, solver="cholesky", fit_intercept=centred).fit(inputs / scale, outputs)
    slopes = np.atleast_2d(fitted.coef_).T / scale[:, None]
    return slopes, np.broadcast_to(np.asarray(fitted.intercept_, dtype=np.float64), slopes.shape[1])
