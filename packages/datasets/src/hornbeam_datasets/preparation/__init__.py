"""Preparation of tables before training: statistics in one pass, scaling, outliers, missing values, selection of features."""
