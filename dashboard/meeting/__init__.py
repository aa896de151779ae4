"""What is shown at a meeting and taken along from it? One deck of slides; each form is drawn from it."""
