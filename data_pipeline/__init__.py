"""Bytes in, builds out: the only writer. Never imports `dashboard`."""
