"""The model that runs inside aipersona: which files there are, how they get here, how they are run."""
