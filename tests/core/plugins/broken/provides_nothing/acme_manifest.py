from hornbeam.plugins import Component

HORNBEAM_PLUGIN_API = 1


NAMES = [Component]
