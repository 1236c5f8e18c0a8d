"""Tools that an assistant acts by: arguments filled from the persona, calls kept within limits, steering in words."""
