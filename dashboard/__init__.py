"""What pages share: asks and draws; never writes the warehouse, and knows the pipeline only by its store."""
