from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_losses():
    return [Component("SoundLoss", "sound_losses:SoundLoss")]
