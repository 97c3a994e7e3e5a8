"""The adapters: one module a source, each with a `convert(source, out, jobs, progress)` that returns a `Report`."""
