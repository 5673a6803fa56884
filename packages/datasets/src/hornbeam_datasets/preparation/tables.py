"""Outliers, missing values and the choice of features; scikit-learn does the mathematics."""

from __future__ import annotations

from typing import Any

import numpy as np
from hornbeam.errors import InvalidArgumentError

from hornbeam_datasets.loaders.optional import require
from hornbeam_datasets.preparation.statistics import Statistics, batches_of

__all__ = ["find_outliers", "impute", "select_features"]

OUTLIERS = ("zscore", "iqr", "isolation_forest")
STRATEGIES = ("mean", "median", "most_frequent", "constant", "knn", "iterative")
SELECTIONS = ("filter", "wrapper", "embedded")


def find_outliers(x: Any, method: str = "zscore", threshold: float | None = None, seed: int = 0) -> Any:
    """Which rows of a table lie far from the others.

    Args:
        x: numbers, [rows, columns].
        method: "zscore": a column is more than `threshold` deviations from its mean (default 3); "iqr": more than `threshold`
            distances of the quartiles beyond the nearer one (default 1.5, Tukey's fences); "isolation_forest": the share
            `threshold` of rows that random cuts isolate soonest (default 0.05).
        threshold: see `method`.
        seed: of the forest.

    Returns:
        bool [rows], True for outliers. Missing numbers are none.

    Raises:
        InvalidArgumentError: the method is another word.
        MissingPackageError: scikit-learn is not installed, for "isolation_forest".

    Source: Tukey 1977; Liu, Ting and Zhou 2008, "Isolation Forest".

    Example:
        >>> find_outliers(np.array([1.0, 2.0, 3.0, 2.0, 50.0]), "iqr").tolist()
        [False, False, False, False, True]
    """
    if method not in OUTLIERS:
        raise InvalidArgumentError(f"method must be one of {', '.join(OUTLIERS)}; got {method!r}")
    (table,) = batches_of(x)
    if method == "isolation_forest":
        forest = require("sklearn.ensemble", "isolation forests", "sklearn").IsolationForest(
            contamination=0.05 if threshold is None else threshold, random_state=seed
        )
        return forest.fit_predict(table) < 0
    if method == "zscore":
        seen = Statistics().update(table)
        far = np.abs(table - seen.mean) > (3.0 if threshold is None else threshold) * seen.std
    else:
        low, high = np.nanquantile(table, [0.25, 0.75], axis=0)
        reach = (1.5 if threshold is None else threshold) * (high - low)
        far = (table < low - reach) | (table > high + reach)
    return far.any(1)


def impute(x: Any, strategy: str = "median", fill_value: Any = None, like: Any = None) -> Any:
    """A table whose missing numbers (NaN) are filled in.

    Args:
        x: numbers, [rows, columns].
        strategy: "mean", "median" or "most_frequent" of the column; "constant": `fill_value`; "knn": of the nearest rows;
            "iterative": predicted from the other columns.
        fill_value: see `strategy`.
        like: the table from which that is learnt; None: `x` itself. Give the training rows when you fill in rows for testing.

    Raises:
        InvalidArgumentError: the strategy is another word.
        MissingPackageError: scikit-learn is not installed.
    """
    if strategy not in STRATEGIES:
        raise InvalidArgumentError(f"strategy must be one of {', '.join(STRATEGIES)}; got {strategy!r}")
    if strategy == "constant" and fill_value is None:
        raise InvalidArgumentError("strategy='constant' needs fill_value")
    require("sklearn.experimental.enable_iterative_imputer", "filling in missing numbers", "sklearn")
    module = require("sklearn.impute", "filling in missing numbers", "sklearn")
    if strategy == "knn":
        imputer = module.KNNImputer(keep_empty_features=True)
    elif strategy == "iterative":
        imputer = module.IterativeImputer(random_state=0, keep_empty_features=True)
    else:
        imputer = module.SimpleImputer(strategy=strategy, fill_value=fill_value, keep_empty_features=True)
    (table,) = batches_of(x)
    (learnt,) = (table,) if like is None else batches_of(like)
    return imputer.fit(learnt).transform(table)


def select_features(
    x: Any, y: Any, count: int, method: str = "filter", task: str = "classification", seed: int = 0
) -> Any:
    """The columns that tell most about the labels.

    Args:
        x: numbers, [rows, columns], none missing.
        y: labels [rows].
        count: how many columns are wanted.
        method: "filter": each column by its mutual information with the labels; "wrapper": columns are taken in one by one as they
            help a linear model most in cross-validation; "embedded": by how much a forest of trees uses them.
        task: "classification" or "regression".
        seed: of everything that is random.

    Returns:
        Numbers of the columns, the best first ("wrapper": in their order).

    Raises:
        InvalidArgumentError: an argument is another word, or there are not so many columns.
        MissingPackageError: scikit-learn is not installed.
    """
    if method not in SELECTIONS or task not in ("classification", "regression"):
        raise InvalidArgumentError(
            f"method must be one of {', '.join(SELECTIONS)} and task classification or regression; got {method!r} and {task!r}"
        )
    (table,) = batches_of(x)
    if not 1 <= count <= table.shape[1]:
        raise InvalidArgumentError(f"count must be from 1 to {table.shape[1]}, the number of columns; got {count}")
    labels, classes = np.asarray(y), task == "classification"
    what = "choosing features", "sklearn"
    if method == "filter":
        module = require("sklearn.feature_selection", *what)
        told = (module.mutual_info_classif if classes else module.mutual_info_regression)(
            table, labels, random_state=seed
        )
    elif method == "embedded":
        module = require("sklearn.ensemble", *what)
        forest = (module.RandomForestClassifier if classes else module.RandomForestRegressor)(random_state=seed)
        told = forest.fit(table, labels).feature_importances_
    else:
        if count == table.shape[1]:
            return np.arange(count)
        linear = require("sklearn.linear_model", *what)
        scaled = require("sklearn.pipeline", *what).make_pipeline(
            require("sklearn.preprocessing", *what).StandardScaler(),
            linear.LogisticRegression(max_iter=1000) if classes else linear.Ridge(),
        )
        chosen = require("sklearn.feature_selection", *what).SequentialFeatureSelector(
            scaled, n_features_to_select=count
        )
        return np.flatnonzero(chosen.fit(table, labels).get_support())
    return np.argsort(-told, kind="stable")[:count]
