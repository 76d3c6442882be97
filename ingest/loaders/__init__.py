"""One plain function per format: bytes in, what a reader would see out (`ingest.blocks.Loaded`)."""
