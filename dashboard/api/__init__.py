"""What may a program ask of the dashboard? The Open API: read-only, versioned, the same figures as on the pages."""
