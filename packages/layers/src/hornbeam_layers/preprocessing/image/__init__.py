"""Layers that change images, and with them their labels, boxes and masks."""
