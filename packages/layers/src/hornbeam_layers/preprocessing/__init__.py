"""Layers that prepare data: numbers, categories, text, images, sound. They run in a model or before it."""
