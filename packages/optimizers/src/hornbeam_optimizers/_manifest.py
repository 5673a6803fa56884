"""What this package offers to the registry."""

HORNBEAM_PLUGIN_API = 1
