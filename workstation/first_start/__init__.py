"""A station is set up: the steps from an empty folder to a charter, each of which may be repeated.

The state of a set-up is the folder itself. `workstation-ctl` and the assistant of the desktop call
the same functions.
"""
