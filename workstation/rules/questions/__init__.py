"""Questions that a policy has answered before the camera: of registries, tellers and officers."""
