"""Loaders: files, tables and folders as datasets."""
