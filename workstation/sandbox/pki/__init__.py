"""A certification authority of the sandbox: hierarchies, lists, responder, time-stamps."""
