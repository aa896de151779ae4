"""What is shown at a meeting and taken along from it? One deck of slides; screen, PPTX, PDF and ODP are drawn from it."""
