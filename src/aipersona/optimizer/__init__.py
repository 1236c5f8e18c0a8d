"""The Persona Optimizer: the model proposes, code disposes. draft -> ground -> judge -> edits."""
