"""Every optimizer follows its paper's algorithm, written here in a few lines of NumPy, for 50 steps."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_optimizers import (
    LARS,
    SGD,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Ftrl,
    Lamb,
    Lion,
    Lookahead,
    Muon,
    Nadam,
    RAdam,
    RMSprop,
    ScheduleFreeAdamW,
)

RATE = 0.0625  # exact in float32, in which learning rates are kept
START = np.array([[1.0, -2.0, 0.5], [0.3, 0.7, -1.1]])
CURVE = np.array([[1.0, 0.3, 4.0], [2.0, 0.5, 1.5]])


def slope(p, t):
    return p * CURVE + 0.3 * np.cos(t)


def sgd(momentum=0.0, nesterov=False):
    p, v = START, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        v = momentum * v - RATE * g
        p = p + (momentum * v - RATE * g if nesterov else v)
        yield p


def rmsprop(momentum=0.0, centered=False):
    p, v, mean, move = START, 0.0, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        v, mean = 0.8 * v + 0.2 * g * g, 0.8 * mean + 0.2 * g
        move = momentum * move + RATE * g / np.sqrt(v - (mean**2 if centered else 0.0) + 0.1)
        p = p - move
        yield p


def adam(amsgrad=False, decay=0.0):
    p, m, v, top = START, 0.0, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        top = np.maximum(top, v)
        alpha = RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        p = p - RATE * decay * p - alpha * m / (np.sqrt(top if amsgrad else v) + 1e-7)
        yield p


def adamax():
    p, m, u = START, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, abs(g))
        p = p - RATE / (1 - 0.9**t) * m / (u + 1e-7)
        yield p


def nadam():
    p, m, v, product = START, 0.0, 0.0, 1.0
    for t in range(1, 51):
        g = slope(p, t)
        now, ahead = (0.9 * (1 - 0.5 * 0.96**s) for s in (t, t + 1))
        product *= now
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        hat = ahead * m / (1 - product * ahead) + (1 - now) * g / (1 - product)
        p = p - RATE * hat / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        yield p


def radam():
    p, m, v, longest = START, 0.0, 0.0, 2 / (1 - 0.999) - 1
    for t in range(1, 51):
        g = slope(p, t)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        hat, length = m / (1 - 0.9**t), longest - 2 * t * 0.999**t / (1 - 0.999**t)
        if length > 5:
            r = np.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
            hat = hat * r * np.sqrt(1 - 0.999**t) / (np.sqrt(v) + 1e-7)
        p = p - RATE * hat
        yield p


def adagrad():
    p, total = START, 0.1
    for t in range(1, 51):
        g = slope(p, t)
        total = total + g * g
        p = p - RATE * g / np.sqrt(total + 1e-7)
        yield p


def adadelta():
    p, grads, moves = START, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        grads = 0.9 * grads + 0.1 * g * g
        move = np.sqrt(moves + 1e-3) / np.sqrt(grads + 1e-3) * g
        moves = 0.9 * moves + 0.1 * move**2
        p = p - move
        yield p


def adafactor():
    rms = lambda x: np.sqrt(np.mean(x**2))
    p, r, c = START, np.zeros(2), np.zeros(3)
    for t in range(1, 51):
        square, b = slope(p, t) ** 2 + 1e-30, 1 - t**-0.8
        r, c = b * r + (1 - b) * square.mean(1), b * c + (1 - b) * square.mean(0)
        u = slope(p, t) / np.sqrt(np.outer(r, c) / r.mean())
        p = p - max(1e-3, rms(p)) * min(RATE, 1 / np.sqrt(t)) * u / max(1.0, rms(u))
        yield p


def ftrl():
    p, total, z, l1, l2 = START, 0.1, 0.0, 0.05, 0.02
    for t in range(1, 51):
        g = slope(p, t)
        sigma = (np.sqrt(total + g * g) - np.sqrt(total)) / RATE
        z, total = z + g - sigma * p, total + g * g
        p = np.where(abs(z) <= l1, 0.0, -(z - np.sign(z) * l1) / ((0.3 + np.sqrt(total)) / RATE + 2 * l2))
        yield p


def lion():
    p, m = START, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        p = p - RATE * (np.sign(0.9 * m + 0.1 * g) + 0.25 * p)
        m = 0.99 * m + 0.01 * g
        yield p


def lamb():
    p, m, v = START, 0.0, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        r = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        p = p - RATE * np.linalg.norm(p) / np.linalg.norm(r) * r
        yield p


def lars():
    p, v = START, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        local = 0.5 * np.linalg.norm(p) / (np.linalg.norm(g) + 0.25 * np.linalg.norm(p))
        v = 0.9 * v + RATE * local * (g + 0.25 * p)
        p = p - v
        yield p


def muon():
    p, m = START, 0.0
    for t in range(1, 51):
        g = slope(p, t)
        m = 0.95 * m + g
        x = (g + 0.95 * m) / (np.linalg.norm(g + 0.95 * m) + 1e-7)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
        p = p - RATE * 0.004 * p - RATE * 0.2 * np.sqrt(3) * x
        yield p


def schedule_free():
    y, z, x, v = START, START, START, 0.0
    for t in range(1, 51):
        g = slope(y, t)
        v = 0.999 * v + 0.001 * g * g
        z = z - RATE * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        x = (1 - 1 / t) * x + z / t
        y = 0.1 * z + 0.9 * x
        yield y


def lookahead():
    slow = fast = START
    for t in range(1, 51):
        fast = fast - RATE * slope(fast, t)
        if t % 4 == 0:
            slow = fast = slow + 0.3 * (fast - slow)
        yield fast


CASES = {
    "sgd": (lambda: SGD(RATE), sgd()),
    "momentum": (lambda: SGD(RATE, momentum=0.9), sgd(0.9)),
    "nesterov": (lambda: SGD(RATE, momentum=0.9, nesterov=True), sgd(0.9, True)),
    "rmsprop": (lambda: RMSprop(RATE, rho=0.8, epsilon=0.1), rmsprop()),
    "rmsprop centred": (lambda: RMSprop(RATE, 0.8, 0.5, 0.1, centered=True), rmsprop(0.5, True)),
    "adam": (lambda: Adam(RATE), adam()),
    "amsgrad": (lambda: Adam(RATE, amsgrad=True), adam(True)),
    "adamw": (lambda: AdamW(RATE, weight_decay=0.25), adam(decay=0.25)),
    "adamax": (lambda: Adamax(RATE), adamax()),
    "nadam": (lambda: Nadam(RATE), nadam()),
    "radam": (lambda: RAdam(RATE), radam()),
    "adagrad": (lambda: Adagrad(RATE), adagrad()),
    "adadelta": (lambda: Adadelta(1.0, 0.9, 1e-3), adadelta()),
    "adafactor": (lambda: Adafactor(RATE), adafactor()),
    "ftrl": (lambda: Ftrl(RATE, l1_regularization_strength=0.05, l2_regularization_strength=0.02, beta=0.3), ftrl()),
    "lion": (lambda: Lion(RATE, weight_decay=0.25), lion()),
    "lamb": (lambda: Lamb(RATE), lamb()),
    "lars": (lambda: LARS(RATE, trust_coefficient=0.5, weight_decay=0.25), lars()),
    "muon": (lambda: Muon(RATE), muon()),
    "schedule-free": (lambda: ScheduleFreeAdamW(RATE), schedule_free()),
    "lookahead": (lambda: Lookahead(SGD(RATE), 4, 0.3), lookahead()),
}


@pytest.mark.parametrize("name", CASES)
def test_trajectories(name):
    make, truth = CASES[name]
    optimizer, v, t = make(), hb.Variable(START, dtype="float64", name="kernel"), hb.Variable(1.0, dtype="float64")
    optimizer.build([v])

    def step():
        optimizer.apply([v * CURVE + 0.3 * hb.ops.cos(t.value)], [v])
        t.assign_add(1.0)

    found = []  # check_optimizer compares captured steps with eager ones
    for _ in range(50):
        step()
        found.append(v.numpy().copy())
    np.testing.assert_allclose(found, list(truth), rtol=1e-9, atol=1e-10)


def test_update_is_a_pure_function_of_its_arguments():
    optimizer, p = Adam(0.1), hb.ops.asarray([1.0, 2.0])
    state = optimizer.init_state(p)
    for t in range(1, 4):
        p, state = optimizer.update(2.0 * p, p, state, hb.ops.asarray(0.1), hb.ops.asarray(float(t)))
    v = hb.Variable([1.0, 2.0])
    for _ in range(3):
        optimizer.apply([2.0 * v.value], [v])
    np.testing.assert_allclose(p, v, rtol=1e-6)
