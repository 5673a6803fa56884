"""hb.ops.linalg against NumPy and SciPy; gradients against finite differences, of complex matrices too."""

import hornbeam as hb
import numpy as np
import pytest
import scipy.linalg
from hornbeam import ops
from hornbeam.testing.gradients import check_gradients
from hypothesis import given
from hypothesis import strategies as st

SEEDS = st.integers(0, 2**32 - 1)
LEADS = st.sampled_from([(), (3,), (0,), (2, 1)])
DTYPES = st.sampled_from(["float32", "float64", "complex64", "complex128"])


def random(seed, shape, dtype="float64"):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, shape)
    return (x + 1j * rng.uniform(-1, 1, shape) if np.dtype(dtype).kind == "c" else x).astype(dtype)


def regular(seed, shape, dtype="float64"):
    """Matrices far from singular, with singular values that lie apart."""
    return random(seed, shape, dtype) + (4 * np.eye(*shape[-2:]) * np.arange(1, shape[-1] + 1)).astype(dtype)


def adjoint(x):
    return np.conj(np.swapaxes(x, -1, -2))


def near(found, expected, tolerance=None):
    found = found.numpy()
    assert found.dtype == expected.dtype and found.shape == expected.shape
    narrow = found.dtype in (np.float32, np.complex64)
    tolerance = tolerance or (2e-4 if narrow else 1e-10)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@given(seed=SEEDS, lead=LEADS, n=st.integers(0, 4), dtype=DTYPES)
def test_square_matrices(seed, lead, n, dtype):
    x = regular(seed, (*lead, n, n), dtype)
    near(ops.det(x), np.linalg.det(x), 1e-3 if x.dtype.itemsize <= 8 else 1e-9)
    for found, expected in zip(ops.slogdet(x), np.linalg.slogdet(x), strict=True):
        near(found, expected)
    near(ops.logdet(x), np.linalg.slogdet(x)[1])
    near(ops.inv(x), np.linalg.inv(x))
    for power in (-2, 0, 1, 5):
        near(ops.linalg.matrix_power(x / 4, power), np.linalg.matrix_power(x / 4, power), 1e-2 if n else None)
    near(ops.linalg.eigvalsh(x + adjoint(x)), np.linalg.eigvalsh(x + adjoint(x)))


@given(seed=SEEDS, lead=LEADS, n=st.integers(0, 4), dtype=DTYPES)
def test_factors_make_the_matrix_again(seed, lead, n, dtype):
    x = regular(seed, (*lead, n, n), dtype)
    definite = (x @ adjoint(x)).astype(dtype)
    low = ops.cholesky(definite).numpy()
    near(ops.asarray(low @ adjoint(low)), definite, 1e-3 if x.dtype.itemsize <= 8 else None)
    assert (low == np.tril(low)).all()
    near(ops.cholesky(definite, upper=True), adjoint(low))
    near(ops.cholesky_inverse(low), np.linalg.inv(definite))
    near(ops.cholesky_inverse(adjoint(low), upper=True), np.linalg.inv(definite))
    values, vectors = (t.numpy() for t in ops.eigh(definite))
    near(
        ops.asarray((vectors * values[..., None, :]) @ adjoint(vectors)),
        definite,
        1e-3 if x.dtype.itemsize <= 8 else None,
    )
    assert (np.diff(values) >= 0).all()


@given(seed=SEEDS, lead=LEADS, n=st.integers(0, 4), dtype=DTYPES)
def test_general_eigenvalues(seed, lead, n, dtype):
    x = regular(seed, (*lead, n, n), dtype)
    values, vectors = (t.numpy() for t in ops.eig(x))
    expected = np.linalg.eigvals(x).astype(values.dtype)
    near(ops.asarray(np.sort(values)), np.sort(expected), 1e-3 if x.dtype.itemsize <= 8 else None)
    assert (np.diff(values.real) >= 0).all()
    near(
        ops.asarray(x @ vectors),
        (vectors * values[..., None, :]).astype(vectors.dtype),
        1e-3 if x.dtype.itemsize <= 8 else None,
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=-2), 1, rtol=1e-5)


@pytest.mark.parametrize("turn", [[[0.0, 1.0], [-1.0, 0.0]], [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
def test_eigenvalues_of_turns_are_roots_of_one(turn):
    n = len(turn)
    values = ops.linalg.eigvals(turn).numpy()
    np.testing.assert_allclose(values**4 if n == 2 else values**3, 1, atol=1e-5)
    assert values.dtype == np.complex64 and len({complex(v) for v in values.round(3)}) == n


@given(seed=SEEDS, lead=LEADS, m=st.integers(0, 4), n=st.integers(0, 4), dtype=DTYPES)
def test_rectangular_matrices(seed, lead, m, n, dtype):
    x = random(seed, (*lead, m, n), dtype)
    k = min(m, n)
    for mode, width in (("reduced", k), ("complete", m)):
        q, r = (t.numpy() for t in ops.qr(x, mode=mode))
        assert q.shape == (*lead, m, width) and r.shape == (*lead, width, n) and (r == np.triu(r)).all()
        near(ops.asarray(q @ r), x)
        near(ops.asarray(adjoint(q) @ q), np.broadcast_to(np.eye(width, dtype=dtype), (*lead, width, width)))
    near(ops.svd(x, compute_uv=False), np.linalg.svd(x, compute_uv=False))
    for full in (True, False):
        u, s, vh = (t.numpy() for t in ops.svd(x, full_matrices=full))
        assert u.shape == (*lead, m, m if full else k) and vh.shape == (*lead, n if full else k, n)
        near(ops.asarray((u[..., :k] * s[..., None, :]) @ vh[..., :k, :]), x)
        near(ops.asarray(adjoint(u) @ u), np.broadcast_to(np.eye(u.shape[-1], dtype=dtype), (*lead, *u.shape[-1:] * 2)))
        near(
            ops.asarray(vh @ adjoint(vh)),
            np.broadcast_to(np.eye(vh.shape[-2], dtype=dtype), (*lead, *vh.shape[-2:-1] * 2)),
        )


@given(seed=SEEDS, lead=LEADS, m=st.integers(1, 5), n=st.integers(1, 5), dtype=DTYPES)
def test_lu(seed, lead, m, n, dtype):
    x = random(seed, (*lead, m, n), dtype)
    lu, pivots = ops.lu_factor(x)
    for place in np.ndindex(lead):
        expected, places = scipy.linalg.lu_factor(x[place])
        near(lu[place] if place else lu, expected)
        near(pivots[place] if place else pivots, places.astype(np.int32))


def test_lu_of_a_singular_matrix_has_a_zero_pivot():
    lu, pivots = ops.lu_factor([[0.0, 1.0], [0.0, 2.0]])
    assert lu.numpy().tolist() == [[0, 1], [0, 2]] and pivots.numpy().tolist() == [0, 1]


@given(seed=SEEDS, n=st.integers(1, 4), k=st.integers(0, 3), lower=st.booleans(), dtype=DTYPES, data=st.data())
def test_systems(seed, n, k, lower, dtype, data):
    left, right = data.draw(st.sampled_from([((), ()), ((2,), ()), ((), (2,)), ((2, 1), (3,)), ((0,), (1,))]))
    a, b = regular(seed, (*left, n, n), dtype), random(seed + 1, (*right, n, k), dtype)
    near(ops.solve(a, b), np.linalg.solve(a, b))
    near(ops.solve(a, b[(0,) * len(right)][..., 0] if k and all(right) else np.ones(n, dtype)),
         np.linalg.solve(a, (b[(0,) * len(right)][..., 0] if k and all(right) else np.ones(n, dtype))[..., None])[..., 0])  # fmt: skip
    triangle = np.tril(a) if lower else np.triu(a)
    near(ops.solve_triangular(a, b, lower=lower), np.linalg.solve(triangle, b))


@given(seed=SEEDS, lead=LEADS, m=st.integers(1, 4), n=st.integers(1, 4), rank=st.integers(1, 4), dtype=DTYPES)
def test_pseudo_inverse_and_rank(seed, lead, m, n, rank, dtype):
    r = min(m, n, rank)
    x = (regular(seed, (*lead, m, r), dtype) @ regular(seed + 1, (*lead, r, n), dtype)).astype(dtype)
    tolerance = 1e-3 if x.dtype.itemsize <= 8 else 1e-9
    near(ops.pinv(x, rtol=1e-5), np.linalg.pinv(x, rcond=1e-5), tolerance)
    near(ops.linalg.matrix_rank(x, rtol=1e-5), np.full(lead, r, np.int32))
    near(ops.matrix_rank(x, 1e-3), np.full(lead, r, np.int32))
    if not lead:
        for b in (random(seed, (m, 2), dtype), random(seed, (m,), dtype)):
            near(ops.lstsq(x, b, rcond=1e-5), np.linalg.lstsq(x, b, rcond=1e-5)[0], tolerance)


@given(
    seed=SEEDS, shape=st.sampled_from([(3,), (2, 3), (3, 2, 4)]), dtype=DTYPES, keepdims=st.booleans(), data=st.data()
)
def test_norms(seed, shape, dtype, keepdims, data):
    x = random(seed, shape, dtype)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    for order in (None, 2, 1, 0, 3, -1, 0.5, np.inf, -np.inf):
        near(ops.norm(x, order, axis, keepdims), np.linalg.norm(x, order, axis, keepdims).astype(x.real.dtype))
    near(ops.norm(x, keepdims=keepdims), np.linalg.norm(x, keepdims=keepdims))
    if len(shape) > 1:
        pair = tuple(data.draw(st.permutations(range(len(shape))))[:2])
        for order in (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf):
            near(ops.norm(x, order, pair, keepdims), np.linalg.norm(x, order, pair, keepdims))


@given(seed=SEEDS, data=st.data())
def test_cross(seed, data):
    left, right = data.draw(st.sampled_from([((3,), (3,)), ((2, 3), (3,)), ((4, 1, 3), (2, 3))]))
    x, y = random(seed, left), random(seed + 1, right)
    near(ops.cross(x, y), np.cross(x, y))
    flat = x.copy()
    flat[..., 2] = 0  # a vector of two elements has a third that is 0
    near(ops.cross(x[..., :2], y), np.cross(flat, y))
    near(ops.cross(x[..., :2], y[..., :2]), np.cross(flat, np.where(np.arange(3) < 2, y, 0))[..., 2])
    if len(left) == 2:
        near(ops.cross(x.T, y, axisa=0, axisc=0), np.cross(x.T, y, axisa=0, axisc=0))
        near(ops.linalg.cross(x.T, x.T * x.T, axis=0), np.cross(x.T, x.T * x.T, axis=0))


def complex_of(function):
    """A function of complex matrices, as one of their real and imaginary parts, that does not depend on phases."""
    return lambda re, im: function(ops.complex(re, im))


def spectral(x, function):
    values, vectors = ops.eigh(x)
    return ops.matmul(vectors * ops.expand_dims(function(values), -2), ops.conj(ops.matrix_transpose(vectors)))


def general(x, function):
    values, vectors = ops.eig(x)
    return ops.matmul(vectors * ops.expand_dims(function(values), -2), ops.inv(vectors))


def singular(x, full=False):
    u, s, vh = ops.svd(x, full_matrices=full)
    return ops.matmul(u * ops.expand_dims(ops.sin(s), -2), vh)


COMPLEX = {
    "cholesky": lambda x: ops.cholesky(ops.matmul(x, ops.conj(ops.matrix_transpose(x)))),
    "eigh": lambda x: spectral(x, ops.sin),
    "eigenvectors": lambda x: ops.abs(ops.eigh(x)[1]),
    "svd": singular,
    "singular vectors": lambda x: [ops.abs(t) for t in ops.svd(x, full_matrices=False)],
    "eig": lambda x: general(x, ops.sin),
    "general eigenvectors": lambda x: [ops.abs(ops.eig(x)[1]), ops.eig(x)[0]],
    "qr": ops.qr,
    "lu": lambda x: ops.lu_factor(x)[0],
    "det": ops.det,
    "slogdet": ops.slogdet,
    "inv": ops.inv,
    "pinv": ops.pinv,
    "triangular": lambda x: ops.solve_triangular(x, ops.sin(x), lower=True),
    "norm": lambda x: [ops.norm(x), ops.norm(x, 2, (0, 1)), ops.norm(x, 3, 1)],
}


@pytest.mark.parametrize("name", COMPLEX)
def test_gradients_of_complex_matrices(name):
    x = regular(5, (3, 3), "complex128")
    assert check_gradients(complex_of(COMPLEX[name]), x.real.copy(), x.imag.copy()) >= 2


def test_gradients_of_real_matrices_with_complex_eigenvalues():
    x = random(8, (3, 3)) + 3 * np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert np.abs(np.linalg.eigvals(x).imag).max() > 1
    for name in ("eig", "general eigenvectors"):
        assert check_gradients(COMPLEX[name], x) == 3


@pytest.mark.parametrize("shape", [(4, 2), (2, 4)])
@pytest.mark.parametrize("name", ["svd", "singular vectors", "qr", "lu", "pinv", "norm"])
def test_gradients_of_rectangular_matrices(name, shape):
    x = regular(6, shape, "complex128")
    assert check_gradients(COMPLEX[name], x.real.copy()) == 3
    assert check_gradients(complex_of(COMPLEX[name]), x.real.copy(), x.imag.copy()) >= 2


def test_gradients_of_functions_made_of_these():
    x = regular(7, (2, 3, 3))
    definite = x @ adjoint(x)
    for function in (
        lambda t: ops.linalg.matrix_power(t, 3),
        lambda t: ops.linalg.matrix_power(t, -2),
        lambda t: ops.lstsq(t[..., :2], t[..., 2:]),
        lambda t: ops.cross(t, ops.sin(t)),
        lambda t: ops.cholesky_inverse(t),
        lambda t: [ops.linalg.matrix_norm(t, ord=p) for p in ("fro", "nuc", 1, -1, 2, -2, np.inf)],
        ops.logdet,
    ):
        assert check_gradients(function, definite / 10) == 3


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_gradient_of_the_determinant_of_a_singular_matrix(rank):
    x = random(1, (4, rank)) @ random(2, (rank, 4))
    minors = [
        [np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) * (-1) ** (i + j) for j in range(4)] for i in range(4)
    ]
    np.testing.assert_allclose(hb.grad(ops.det)(ops.asarray(x)).numpy(), minors, atol=1e-12)


def test_gradients_stay_finite_where_values_meet():
    def norms(t):
        return ops.sum(ops.linalg.eigvalsh(t)) + ops.linalg.matrix_norm(t, ord="nuc") + ops.norm(t - t)

    np.testing.assert_allclose(hb.grad(norms)(ops.eye(3)).numpy(), 2 * np.eye(3), atol=1e-6)
    turn = random(3, (3, 3))
    q, _ = np.linalg.qr(turn)  # all singular values are 1
    assert check_gradients(ops.pinv, q) == 3


def test_gradient_of_a_complete_basis_is_refused():
    for function in (lambda t: ops.qr(t, mode="complete")[0], lambda t: ops.svd(t)[0]):
        with pytest.raises(hb.DifferentiationError, match="complete the basis"):
            hb.grad(lambda t, f=function: ops.sum(f(t)))(ops.ones((3, 2)))


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: ops.cholesky([[1.0, 0.0], [0.0, -1.0]]), hb.InvalidArgumentError, "not positive definite"),
        (lambda: ops.solve([[1.0, 1.0], [1.0, 1.0]], [1.0, 2.0]), hb.InvalidArgumentError, "singular"),
        (lambda: ops.inv(ops.zeros((2, 2))), hb.InvalidArgumentError, "singular"),
        (lambda: ops.det(ops.zeros((2, 3))), hb.ShapeError, r"square matrix .* got shape \(2, 3\)"),
        (lambda: ops.qr(ops.zeros(3)), hb.ShapeError, r"qr needs a matrix .* got shape \(3,\)"),
        (lambda: ops.qr(ops.eye(2), mode="raw"), hb.InvalidArgumentError, "mode must be"),
        (lambda: ops.solve(ops.eye(2), ops.ones(3)), hb.ShapeError, r"2 rows; got shape \(3,\)"),
        (lambda: ops.lstsq(ops.ones((3, 2)), ops.ones(2)), hb.ShapeError, "as many rows"),
        (lambda: ops.pinv(ops.eye(2), 0.1, rtol=0.1), hb.InvalidArgumentError, "got both"),
        (lambda: ops.linalg.matrix_power(ops.ones((2, 3)), 2), hb.ShapeError, "square"),
        (lambda: ops.linalg.matrix_norm(ops.eye(2), ord=7), hb.InvalidArgumentError, "ord must be"),
        (lambda: ops.norm(ops.ones((2, 2, 2)), 2), hb.InvalidArgumentError, "one axis or two"),
        (lambda: ops.norm(ops.ones(2), "fro"), hb.InvalidArgumentError, "norm of matrices"),
        (lambda: ops.cross([1.0], [1.0]), hb.ShapeError, "2 or 3 elements"),
        (lambda: ops.linalg.outer(ops.eye(2), ops.ones(2)), hb.ShapeError, "two vectors"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.skipif(hb.backend() == "array_api_strict", reason="that backend has no float16")
def test_half_precision_is_refused():
    with pytest.raises(hb.DTypeError, match="Cast to float32"):
        ops.inv(ops.eye(2, dtype="float16"))


def test_a_failing_factorization_leaves_variables_as_they_were():
    v = hb.Variable(ops.ones(2))

    @hb.jit
    def step(matrix):
        v.assign(v + 1.0)
        return ops.cholesky(matrix)

    with pytest.raises(hb.InvalidArgumentError):
        step(ops.asarray([[0.0, 0.0], [0.0, 0.0]]))
    assert v.numpy().tolist() == [1.0, 1.0]
