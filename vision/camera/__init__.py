"""Where frames come from: a device, a recording, a simulated customer."""
