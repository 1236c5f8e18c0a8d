"""Language models: the local one that can be pulled, and the providers behind one face."""
