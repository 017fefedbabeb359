"""Policies, one a file, each stating its bias. All follow `scheduling.request.Policy`."""
