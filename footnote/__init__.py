"""The command line and the composition root: settings, wiring, `footnote …`. Knows everything, known by nothing."""
